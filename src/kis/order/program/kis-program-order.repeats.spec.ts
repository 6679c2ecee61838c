import { orderRecord } from '../../../../test/support/kis/order-samples';
import type { KisTokenService } from '../../token/kis-token.service';
import { ManualKisClock } from '../../testing/manual-clock';
import { KisConfiguration } from '../../kis.options';
import { accountAt } from '../../../../test/support/kis/local-kis';
import { accountKey } from '../account-key';
import { koreanDate } from '../korean-date';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { KisProgramOrderRepeats } from './kis-program-order.repeats';
import { MemoryOrderLedger } from '../journal/memory-order-ledger';
import type { OrderRecord } from '../journal/order-record';
import { changed } from '../settlement/settlement-rules';

const NO_CAPS = { maxAmount: null, dailyMaxAmount: null, maxPerMinute: null };

/** A ledger whose next write takes as long as the test likes. */
class SlowLedger extends MemoryOrderLedger {
  private gate = Promise.resolve();

  /** @returns lets it happen. */
  holdWrites(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  override async write(...change: Parameters<MemoryOrderLedger['write']>): Promise<boolean> {
    await this.gate;
    return super.write(...change);
  }
}

describe('KisProgramOrderRepeats, in two processes', () => {
  const account = new KisConfiguration({ accounts: [accountAt('http://127.0.0.1:1')] }).account();
  let clock: ManualKisClock;
  let ledger: SlowLedger;
  let one: KisProgramOrderRepeats;
  let other: KisProgramOrderRepeats;
  let first: OrderRecord;

  beforeEach(async () => {
    clock = new ManualKisClock('2026-11-27T10:00:00+09:00');
    ledger = new SlowLedger();
    const journal = new KisOrderJournal(ledger, clock);
    const noServer = { serverClock: () => undefined } as unknown as KisTokenService;
    const repeats = (): KisProgramOrderRepeats =>
      new KisProgramOrderRepeats(
        new KisOrderJournal(ledger, clock),
        clock,
        new KisOrderClock(clock, noServer),
      );
    [one, other] = [repeats(), repeats()];
    const decision = await journal.admit(record('first'), NO_CAPS);
    if (decision.kind !== 'admitted') throw new Error(decision.kind);
    first = changed(decision.record, { outcome: 'accepted', orderNumber: '0000000117' }, clock.now());
    await journal.write(first);
  });

  function record(clientOrderId: string): OrderRecord {
    const now = clock.now();
    return orderRecord({
      clientOrderId,
      program: 'bot',
      answered: false,
      account: accountKey(account),
      day: koreanDate(now),
      createdAt: now,
      updatedAt: now,
    });
  }

  /** What the other process takes an equal order for that arrived then. */
  async function firstOf(arrivedAt: ReturnType<KisProgramOrderRepeats['now']>): Promise<OrderRecord | null> {
    const arrival = await other.arrival(account, arrivedAt);
    return other.firstOf(record('second'), arrival);
  }

  it('take an order that arrives after the answer to an equal one for a new one, before that is noted', async () => {
    const release = ledger.holdWrites();
    one.answered(first);
    await clock.advance(1);
    const judged = firstOf(other.now());
    await clock.advance(500);
    release();
    await clock.advance(100);

    expect(await judged).toBeNull();
  });

  it('take an order that arrives before the answer to an equal one for a repetition, although it is noted by then', async () => {
    const arrivedAt = other.now();
    await clock.advance(1);
    one.answered(first);
    await clock.advance(1);

    expect(await firstOf(arrivedAt)).toMatchObject({ clientOrderId: 'first' });
  });

  it('take an order for a repetition of an equal one whose program was never answered', async () => {
    const judged = firstOf(other.now());
    await clock.advance(3000);

    expect(await judged).toMatchObject({ clientOrderId: 'first' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('take an order just after midnight for a repetition of one just before', async () => {
    await clock.advance(Date.parse('2026-11-27T23:59:59+09:00') - clock.now());
    const decision = await new KisOrderJournal(ledger, clock).admit(record('late'), NO_CAPS);
    expect(decision.kind).toBe('admitted');
    await clock.advance(2000);

    expect(await firstOf(other.now())).toMatchObject({ clientOrderId: 'late', day: '2026-11-27' });
  });

  it('ask once when the equal one has had its outcome for a while', async () => {
    await clock.advance(3000);

    expect(await firstOf(other.now())).toMatchObject({ clientOrderId: 'first' });
  });
});
