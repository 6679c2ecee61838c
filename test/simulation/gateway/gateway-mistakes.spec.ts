import { Logger } from '@nestjs/common';
import { ProgramKeyStore } from '../../../src/gateway/program-key-store';
import type { ProgramKey } from '../../../src/gateway/program-key';
import { ProgramTokens } from '../../../src/gateway/program-tokens';
import type { KisTokenService } from '../../../src/kis/token/kis-token.service';
import { LanedKisRequestPacer } from '../../../src/kis/http/pacing/laned-kis-request-pacer';
import { CallRetries } from '../../../src/kis/http/retry-policy';
import { KisOrderJournal } from '../../../src/kis/order/journal/kis-order.journal';
import { KisProgramOrders } from '../../../src/kis/order/program/kis-program-orders';
import { KisProgramOrderRecordBuilder } from '../../../src/kis/order/program/kis-program-order.record-builder';
import { GatewayScenario } from './gateway-scenario';

/** Each mistake is to be found in so many scenarios at most. */
const SCENARIOS = 300;

/** The first violation; `null` when there is none. */
async function firstViolation(): Promise<string | null> {
  for (let seed = 1; seed <= SCENARIOS; seed += 1) {
    const [violation] = (await new GatewayScenario(seed).run()).violations;
    if (violation !== undefined) return violation;
  }
  return null;
}

beforeAll(() => {
  Logger.overrideLogger(false);
});

afterEach(() => {
  jest.restoreAllMocks();
});

/* eslint-disable @typescript-eslint/unbound-method -- the originals are bound by `call` */
describe('The scenarios find', () => {
  it('an order that is sent again because no answer came', async () => {
    const { take } = CallRetries.prototype;
    jest.spyOn(CallRetries.prototype, 'take').mockImplementation(function (this: CallRetries, ...args) {
      const [{ kind }] = args;
      return take.apply(this, args) || kind === 'timeout' || kind === 'unavailable';
    });
    expect(await firstViolation()).toMatch(/reached KIS twice/);
  });

  it('a refused token that is not replaced', async () => {
    const { take } = CallRetries.prototype;
    jest.spyOn(CallRetries.prototype, 'take').mockImplementation(function (this: CallRetries, ...args) {
      return args[0].kind !== 'token-refused' && take.apply(this, args);
    });
    expect(await firstViolation()).toMatch(/a read of .* failed while nothing was wrong/);
  });

  it('a repeated order that is not recognized', async () => {
    const { record } = KisProgramOrderRecordBuilder.prototype;
    let requests = 0;
    jest.spyOn(KisProgramOrderRecordBuilder.prototype, 'record').mockImplementation(function (
      this: KisProgramOrderRecordBuilder,
      account,
      trId,
      body,
      order,
      program,
    ) {
      const other = `${program} ${(requests += 1)}`;
      return record.call(this, account, trId, body, order, other);
    });
    expect(await firstViolation()).toMatch(/reached KIS twice|reported as not placed, and is in the book/);
  });

  it('an order that is begun before its repetition and written down after it', async () => {
    const { admit } = KisOrderJournal.prototype;
    jest.spyOn(KisOrderJournal.prototype, 'admit').mockImplementation(function (
      this: KisOrderJournal,
      record,
      caps,
    ) {
      return admit.call(this, record, caps);
    });
    const hungUp = new AbortController().signal;
    const { carryOut } = KisProgramOrders.prototype;
    jest.spyOn(KisProgramOrders.prototype, 'carryOut').mockImplementation(function (
      this: KisProgramOrders,
      account,
      request,
      parties,
    ) {
      return carryOut.call(this, account, request, { ...parties, hangUp: hungUp });
    });
    expect(await firstViolation()).toMatch(/reached KIS twice/);
  });

  it('an order that counts as answered although nobody got the answer', async () => {
    const { carryOut } = KisProgramOrders.prototype;
    jest.spyOn(KisProgramOrders.prototype, 'carryOut').mockImplementation(async function (
      this: KisProgramOrders,
      ...args
    ) {
      const answer = await carryOut.apply(this, args);
      this.delivered(answer);
      return answer;
    });
    expect(await firstViolation()).toMatch(/reached KIS twice/);
  });

  it('keys that are kept in the process', async () => {
    const { all } = ProgramKeyStore.prototype;
    const kept = new WeakMap<ProgramKeyStore, readonly ProgramKey[]>();
    jest.spyOn(ProgramKeyStore.prototype, 'all').mockImplementation(async function (this: ProgramKeyStore) {
      const keys = kept.get(this) ?? (await all.call(this));
      if (keys.length > 2) kept.set(this, keys);
      return keys;
    });
    expect(await firstViolation()).toMatch(
      /was served (after its key was removed|with a token that it has revoked)/,
    );
  });

  it('a revoked token that stays good', async () => {
    jest.spyOn(ProgramTokens.prototype, 'revoke').mockResolvedValue();
    expect(await firstViolation()).toMatch(/was served with a token that it has revoked/);
  });

  it('a token that is requested whenever a program asks for one', async () => {
    const { handOut } = ProgramTokens.prototype;
    jest.spyOn(ProgramTokens.prototype, 'handOut').mockImplementation(async function (
      this: ProgramTokens,
      ...args
    ) {
      const { tokens } = this as unknown as { readonly tokens: KisTokenService };
      await tokens.refresh('main').catch(() => undefined);
      return handOut.apply(this, args);
    });
    expect(await firstViolation()).toMatch(/requested a token while the stored one was good/);
  });

  it('calls that do not wait for their turn', async () => {
    jest.spyOn(LanedKisRequestPacer.prototype, 'acquire').mockResolvedValue({ answered: () => undefined });
    expect(await firstViolation()).toMatch(/calls within a second/);
  });

  it('orders that wait for reads', async () => {
    const { acquire } = LanedKisRequestPacer.prototype;
    jest.spyOn(LanedKisRequestPacer.prototype, 'acquire').mockImplementation(function (
      this: LanedKisRequestPacer,
      credential,
      signal,
    ) {
      return acquire.call(this, credential, signal, false);
    });
    expect(await firstViolation()).toMatch(/waited behind reads/);
  });
});
