import { type Customers } from '../oauth/customers';
import { isDomestic } from '../order/order';
import { type OrderNotice } from '../order/order-book';
import { type Random } from '../random';
import { isNotices } from './channels';
import { type Registration } from './feed';
import { type Columns, encryptedFrame } from './frames';
import { layoutAt } from './layouts';
import { type NoticeMarks, noticeColumns } from './notice-columns';
import { overseasNoticeColumns } from './overseas-notice-columns';
import { type RealtimeSettings } from './realtime-settings';
import { type RealtimeSession } from './session';

interface NoticeSource {
  readonly settings: Readonly<RealtimeSettings>;
  readonly customers: Customers;
  readonly random: Random;
  now(): number;
}

const RECEIVED: NoticeMarks = { rejected: '0', kind: '1', acceptance: '1' };
const CONFIRMED: NoticeMarks = { rejected: '0', kind: '1', acceptance: '2' };
const FILLED: NoticeMarks = { rejected: '0', kind: '2', acceptance: '2' };
const REJECTED: NoticeMarks = { rejected: '1', kind: '1', acceptance: '1' };
const CANCELLED: NoticeMarks = { rejected: '0', kind: '1', acceptance: '3' };

/** Sends customers notices about their orders. A notice without a listener is lost: nothing is sent again later. */
export class NoticeDesk {
  private waiting: { readonly notice: OrderNotice; readonly dueAt: number }[] = [];

  constructor(
    private readonly source: NoticeSource,
    private readonly sessions: () => readonly RealtimeSession[],
  ) {}

  take(notice: OrderNotice): void {
    const { settings, random } = this.source;
    if (marksOf(notice).length === 0 || random() < settings.noticeLoss) return;
    const now = this.source.now();
    if (settings.noticeDelayMs === 0) this.deliver(notice, now);
    else this.waiting.push({ notice, dueAt: now + settings.noticeDelayMs });
  }

  sendDue(now: number): void {
    const due = this.waiting.filter(({ dueAt }) => dueAt <= now);
    this.waiting = this.waiting.filter(({ dueAt }) => dueAt > now);
    for (const { notice } of due) this.deliver(notice, now);
  }

  clear(): void {
    this.waiting = [];
  }

  private deliver(notice: OrderNotice, now: number): void {
    const { settings } = this.source;
    if (settings.realtimeSilent) return;
    const htsIds = this.ownersOf(notice);
    for (const session of this.sessions()) {
      if (session.host !== notice.order.facts.host) continue;
      for (const registration of session.registrations.values()) {
        if (!isMeant(registration, notice, htsIds)) continue;
        for (const marks of marksOf(notice)) {
          const columns = this.columnsOf(notice, marks, registration, now);
          session.send(encryptedFrame(registration.channel.trId, [columns], registration.cipher, settings));
        }
      }
    }
  }

  /** HTS ids under which the account of an order is kept; one id can have many accounts. */
  private ownersOf({ order }: OrderNotice): ReadonlySet<string | null> {
    const accountNumber = order.facts.account.slice(0, 8);
    const owners = this.source.customers.all.filter((customer) => customer.accountNumber === accountNumber);
    return new Set(owners.map(({ htsId }) => htsId));
  }

  private columnsOf(
    notice: OrderNotice,
    marks: NoticeMarks,
    { key: htsId }: Registration,
    now: number,
  ): Columns {
    const { settings } = this.source;
    const { stock } = notice.order.facts;
    const layout = layoutAt(settings, now);
    if (isDomestic(stock)) return noticeColumns(notice, stock, marks, { htsId, layout });
    const columns = settings.foreignNoticeColumns;
    return overseasNoticeColumns(notice, stock, marks, { htsId, layout, columns });
  }
}

function isMeant(
  { channel, key }: Registration,
  { order }: OrderNotice,
  htsIds: ReadonlySet<string | null>,
): boolean {
  const topic = isDomestic(order.facts.stock) ? 'notices' : 'overseasNotices';
  return isNotices(channel) && channel.topic === topic && htsIds.has(key);
}

/** One notice for a new order, two for a revision that is confirmed; none for what ends by itself. */
function marksOf({ kind, order, by }: OrderNotice): readonly NoticeMarks[] {
  switch (kind) {
    case 'received':
      return order.facts.action === 'new' ? [RECEIVED] : [RECEIVED, CONFIRMED];
    case 'filled':
      return [FILLED];
    case 'rejected':
      return [REJECTED];
    case 'cancelled':
      return by ? [] : [CANCELLED];
    case 'moved':
    case 'expired':
      return [];
  }
}
