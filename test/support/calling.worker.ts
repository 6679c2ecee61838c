import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { KisHttpService, KisModule, RedisAddress, type KisOptions } from '../../src/kis';

/** A program that sends as many calls to KIS as it may, several at a time, until it is killed. */
export interface CallingTask {
  readonly kis: KisOptions;
  readonly redisUrl: string | null;
  /** Sent to KIS with every call. */
  readonly name: string;
  readonly lines: number;
}

const PATH = '/uapi/domestic-stock/v1/quotations/inquire-price';

@Module({})
class Program {}

async function main(): Promise<void> {
  const { kis, redisUrl, name, lines } = JSON.parse(process.argv[2] ?? '') as CallingTask;
  const redis = redisUrl === null ? {} : { redis: new RedisAddress({ url: redisUrl }) };
  const imports = [KisModule.forRoot({ ...kis, ...redis, scheduledRefresh: false })];
  const module = await Test.createTestingModule({ imports: [{ module: Program, imports }] }).compile();
  const { axiosRef } = module.get(KisHttpService, { strict: false });
  const call = { params: { who: name }, headers: { tr_id: 'FHKST01010100' } };
  const resume = async (): Promise<never> => {
    for (;;) await axiosRef.get(PATH, call);
  };
  // A call that fails ends the program.
  await Promise.all(Array.from({ length: lines }, resume));
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  // At once: the other lines would go on calling.
  process.exit(1);
});
