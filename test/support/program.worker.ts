import { HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { createInterface } from 'node:readline';
import { firstValueFrom } from 'rxjs';
import { KisClock, KisModule, KisTokenService, SystemKisClock, type KisOptions } from '../../src/kis';
import { HurriedKisClock } from './hurried-clock';

/** A program over the library as its users write them. It does what it is told, a line for each order. */
export interface ProgramTask {
  readonly kis: KisOptions;
  /** Arguments of the clock; that of the platform where there are none. */
  readonly hurried?: ConstructorParameters<typeof HurriedKisClock>;
}

export interface ProgramOrder {
  /** So many callers of `getToken` at one time. */
  readonly getToken?: number;
  /** One call to KIS for each symbol, all at one time. */
  readonly call?: readonly string[];
  readonly refresh?: boolean;
  /** Waits until KIS may be asked for a token again. */
  readonly coolDown?: boolean;
}

export interface ProgramReport {
  readonly done: number;
  /** Fingerprints of the tokens that were handed out. */
  readonly tokens: readonly string[];
  /** How often which error. */
  readonly failures: Readonly<Record<string, number>>;
}

const PRICE = '/uapi/domestic-stock/v1/quotations/inquire-price';

@Module({})
class Program {}

interface Running {
  obey(order: ProgramOrder): Promise<ProgramReport>;
  close(): Promise<void>;
}

async function open({ kis, hurried }: ProgramTask): Promise<Running> {
  const clock = hurried ? new HurriedKisClock(...hurried) : new SystemKisClock();
  const imports = [ScheduleModule.forRoot(), KisModule.forRoot(kis)];
  const building = Test.createTestingModule({ imports: [{ module: Program, imports }] });
  const program = await building.overrideProvider(KisClock).useValue(clock).compile();
  await program.init();
  const tokens = program.get(KisTokenService, { strict: false });
  const http = program.get(HttpService, { strict: false });
  const getToken = async (): Promise<string> => (await tokens.getToken()).fingerprint;
  const call = async (symbol: string): Promise<null> => {
    const params = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol };
    await firstValueFrom(http.get(PRICE, { headers: { tr_id: 'FHKST01010100' }, params }));
    return null;
  };
  const coolDown = async (): Promise<null> => {
    for (;;) {
      const { cooldownUntil } = await tokens.getTokenInfo();
      if (!cooldownUntil) return null;
      await clock.sleep(cooldownUntil.getTime() - clock.now());
    }
  };
  const obey = (order: ProgramOrder): Promise<ProgramReport> =>
    reportOf([
      ...Array.from({ length: order.getToken ?? 0 }, getToken),
      ...(order.call ?? []).map(call),
      ...(order.coolDown ? [coolDown()] : []),
      ...(order.refresh ? [tokens.refresh().then(() => null)] : []),
    ]);
  return { obey, close: () => program.close() };
}

async function reportOf(work: readonly Promise<string | null>[]): Promise<ProgramReport> {
  const tokens = new Set<string>();
  const failures: Record<string, number> = {};
  let done = 0;
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'fulfilled') {
      done += 1;
      if (result.value !== null) tokens.add(result.value);
    } else {
      const name = (result.reason as { code?: string }).code ?? String(result.reason);
      failures[name] = (failures[name] ?? 0) + 1;
    }
  }
  return { done, tokens: [...tokens], failures };
}

function tell(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  const program = await open(JSON.parse(process.argv[2] ?? '') as ProgramTask);
  tell('ready');
  for await (const line of createInterface(process.stdin))
    tell(await program.obey(JSON.parse(line) as ProgramOrder));
  await program.close();
}

void main();
