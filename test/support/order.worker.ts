import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import {
  KisConfiguration,
  KisError,
  KisModule,
  KisOrderService,
  KisTokenService,
  type KisOptions,
} from '../../src/kis';

/** A program that places one order under an id, repeatedly until it receives the outcome. */
export interface OrderTask {
  readonly kis: KisOptions;
  readonly clientOrderId: string;
  readonly quantity: string;
}

/** Another attempt under the same id can bring the outcome. */
const AGAIN = ['ORDER_EQUAL_UNSETTLED', 'TOKEN_ISSUE_COOLDOWN', 'KIS_TIMEOUT', 'KIS_UNAVAILABLE'];
const PAUSE_MS = 200;

@Module({})
class Program {}

async function main(): Promise<void> {
  const { kis, clientOrderId, quantity } = JSON.parse(process.argv[2] ?? '') as OrderTask;
  const imports = [ScheduleModule.forRoot(), KisModule.forRoot(kis)];
  const module = await Test.createTestingModule({ imports: [{ module: Program, imports }] }).compile();
  module.useLogger(false);
  const app = await module.init();
  const account = app.get(KisConfiguration, { strict: false }).account();
  const orders = app.get(KisOrderService, { strict: false });
  const request = { symbol: '005930', side: 'buy', type: 'limit', quantity, price: '90000' } as const;
  const tokens = app.get(KisTokenService, { strict: false });
  // One that is killed while it asks for a token keeps the minute.
  await untilDone(() => Promise.resolve(tokens.getToken()));
  process.stdout.write('"placing"\n');
  const settled = await untilDone(async () => {
    const { order } = await orders.place(account, request, { clientOrderId, waitMs: 1000 });
    return order.status === 'unknown' || order.status === 'sending' ? null : order;
  });
  process.stdout.write(`${JSON.stringify(settled)}\n`);
  await app.close();
}

/** Again and again while another attempt can bring a result. */
async function untilDone<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (;;) {
    try {
      const done = await attempt();
      if (done !== null) return done;
    } catch (error) {
      if (!(error instanceof KisError) || !AGAIN.includes(error.code)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
