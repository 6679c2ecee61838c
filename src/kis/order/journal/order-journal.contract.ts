import { SystemKisClock } from '../../clock';
import { KisOrderJournal } from './kis-order.journal';
import type { OrderLedger } from './order-ledger';
import type { KisOrderCaps } from '../order-caps';
import type { OrderRecord } from './order-record';
import { orderRecord } from '../../../../test/support/kis/order-samples';

const NO_CAPS: KisOrderCaps = { maxAmount: null, dailyMaxAmount: null, maxPerMinute: null };

/** Where the programs of a test keep their orders. */
export interface LedgerPlace {
  /** The ledger as one more program sees it. */
  another(): OrderLedger;
  /** Ends all programs and removes what they kept. */
  remove(): Promise<void>;
}

/** What holds for the journal of orders wherever it is kept. */
export function describeOrderJournal(name: string, openPlace: () => Promise<LedgerPlace>): void {
  describe(`the journal of orders, ${name}`, () => {
    let place: LedgerPlace;
    let journal: KisOrderJournal;

    beforeEach(async () => {
      place = await openPlace();
      journal = another();
    });

    afterEach(() => place.remove());

    const another = (): KisOrderJournal => new KisOrderJournal(place.another(), new SystemKisClock());

    const admit = async (record: OrderRecord, by = journal): Promise<string> =>
      (await by.admit(record, NO_CAPS)).kind;

    /** Orders that differ, so that none waits for another. */
    const different = (index: number, change: Partial<OrderRecord> = {}): OrderRecord => {
      const { intent } = orderRecord();
      return orderRecord({
        clientOrderId: `order-${index}`,
        intent: { ...intent, quantity: String(index + 1) },
        ...change,
      });
    };

    const changed = (record: OrderRecord, change: Partial<OrderRecord>): OrderRecord => ({
      ...record,
      ...change,
      version: record.version + 1,
    });

    it('finds what another program has written', async () => {
      const record = orderRecord();
      expect(await admit(record)).toBe('admitted');
      const other = another();
      await expect(other.find(record.account, record.day, record.clientOrderId)).resolves.toEqual(record);
      await expect(other.unsettled(record.account)).resolves.toEqual([record]);
      await expect(other.find(record.account, '2026-11-28', record.clientOrderId)).resolves.toBeNull();
      await expect(other.find('another', record.day, record.clientOrderId)).resolves.toBeNull();
    });

    it('knows a repetition and a reused id, whichever program asks', async () => {
      const record = orderRecord();
      await admit(record);
      const other = another();
      expect(await admit(record, other)).toBe('repeated');
      const intent = { ...record.intent, quantity: '11' };
      expect(await admit({ ...record, intent }, other)).toBe('id-reused');
      expect(await admit({ ...record, account: 'another' }, other)).toBe('admitted');
    });

    it('holds back an equal order until the first has an outcome', async () => {
      const record = orderRecord();
      const second = orderRecord({ clientOrderId: 'second' });
      await admit(record);
      const other = another();
      expect(await admit(second, other)).toBe('equal-unsettled');
      await expect(journal.write(changed(record, { outcome: 'unknown' }))).resolves.toBe(true);
      expect(await admit(second, other)).toBe('equal-unsettled');
      const accepted = changed(changed(record, {}), { outcome: 'accepted', orderNumber: '0000000117' });
      await expect(other.write(accepted)).resolves.toBe(true);
      expect(await admit(second)).toBe('admitted');
      await expect(journal.unsettled(record.account)).resolves.toEqual([second]);
    });

    it('takes one of two changes of the same version', async () => {
      const record = orderRecord();
      await admit(record);
      const [one, other] = [journal, another()];
      const written = await Promise.all([
        one.write(changed(record, { outcome: 'accepted' })),
        other.write(changed(record, { outcome: 'unknown' })),
      ]);
      expect([...written].sort()).toEqual([false, true]);
      await expect(one.write(changed(record, {}))).resolves.toBe(false);
      await expect(one.write(changed(orderRecord({ clientOrderId: 'none' }), {}))).resolves.toBe(false);
    });

    it('tells exactly one of many callers in many programs to send', async () => {
      const programs = Array.from({ length: 4 }, another);
      const record = orderRecord();
      const same = programs.flatMap((program) => [admit(record, program), admit(record, program)]);
      const kinds = await Promise.all(same);
      expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'repeated')).toHaveLength(7);
    });

    it('loses no order of many that are written at the same time', async () => {
      const programs = Array.from({ length: 4 }, another);
      const records = Array.from({ length: 24 }, (_, index) => different(index));
      const kinds = await Promise.all(
        records.map((record, index) => admit(record, programs[index % programs.length])),
      );
      expect(new Set(kinds)).toEqual(new Set(['admitted']));
      const { account, day } = orderRecord();
      const listed = await another().list(account, day, day);
      expect(listed.map((each) => each.clientOrderId).sort()).toEqual(
        records.map((each) => each.clientOrderId).sort(),
      );
    });

    it('counts the caps over all programs', async () => {
      const caps = { ...NO_CAPS, dailyMaxAmount: '2100000' };
      const programs = Array.from({ length: 4 }, another);
      const decisions = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (programs[index % 4] ?? journal).admit(different(index), caps),
        ),
      );
      expect(decisions.filter((each) => each.kind === 'admitted')).toHaveLength(3);
      expect(decisions.filter((each) => each.kind === 'capped')).toHaveLength(5);
    });

    it('lists days inclusively, oldest first', async () => {
      const at = (day: string): number => Date.parse(`${day}T10:00:00+09:00`);
      const days = ['2026-11-25', '2026-11-26', '2026-11-27'];
      for (const [index, day] of days.entries())
        await admit(different(index, { day, createdAt: at(day), outcome: 'accepted' }));
      const { account } = orderRecord();
      const dayOf = ({ day }: OrderRecord): string => day;
      expect((await journal.list(account, '2026-11-26', '2026-11-27')).map(dayOf)).toEqual(days.slice(1));
      expect((await another().list(account, '2026-11-25', '2026-11-25')).map(dayOf)).toEqual(['2026-11-25']);
    });

    it('finds an order without an outcome however old it is, and after it was settled no more', async () => {
      const old = orderRecord({ day: '2026-01-02', outcome: 'unknown' });
      await admit(old);
      const other = another();
      expect(await admit(orderRecord({ clientOrderId: 'today' }), other)).toBe('equal-unsettled');
      await journal.write(changed(old, { outcome: 'not-placed' }));
      expect(await admit(orderRecord({ clientOrderId: 'today' }), other)).toBe('admitted');
    });

    it('stops orders of all programs by its switch, and lets cancellations pass', async () => {
      await expect(journal.trading()).resolves.toEqual({ enabled: true, changedAt: null });
      const programs = [journal, another()];
      // Each knows the switch as it was, and the first one all orders.
      expect(await admit(different(3), programs[1])).toBe('admitted');
      expect(await admit(different(4), journal)).toBe('admitted');
      await programs[1]?.setTrading(false);
      for (const program of programs) {
        await expect(program.trading()).resolves.toEqual({
          enabled: false,
          changedAt: expect.any(Date) as Date,
        });
        expect(await admit(different(1), program)).toBe('trading-stopped');
      }
      expect(await admit(different(2, { action: 'cancel' }))).toBe('admitted');
      await journal.setTrading(true);
      expect(await admit(different(1), programs[1])).toBe('admitted');
    });

    it('keeps records of any length and with any characters', async () => {
      const before = Array.from({ length: 20_000 }, (_, index) => String(index).padStart(10, '0'));
      const kis = { msgCd: 'APBK0013', msg1: '주문 전송 완료 되었습니다. "\u0000\ud83d\ude00\n' };
      const record = orderRecord({ before, kis });
      await admit(record);
      await expect(another().find(record.account, record.day, record.clientOrderId)).resolves.toEqual(record);
    });
  });
}
