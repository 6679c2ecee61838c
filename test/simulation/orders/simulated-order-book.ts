import type { KisAnswer } from '../../../src/kis/http/kis-answer';
import type { SeededRandom } from '../seeded-random';
import type { VirtualScheduler } from '../virtual-scheduler';

/** What KIS does with an order that arrives. */
export type Reaction = 'takes' | 'refuses' | 'too-many' | 'token' | 'EGW00301' | 'no-number' | 'html';

/** An order in the book, with what only the test knows of it. */
export interface BookedOrder {
  readonly number: string;
  /** Of the record in the journal, or `null` for an order of another program. */
  readonly tag: string | null;
  /** True time of its arrival. */
  readonly at: number;
  readonly body: Readonly<Record<string, string>>;
  readonly kind: 'new' | 'modification' | 'cancellation';
  readonly original: string | null;
  readonly quantity: number;
  open: number;
  filled: number;
  cancelled: number;
  rejected: number;
}

const BRANCH = '06010';
const KOREA_MS = 9 * 3_600_000;

/** The order book of the brokerage: takes orders, and lists them after a while. */
export class SimulatedOrderBook {
  readonly orders: BookedOrder[] = [];
  /** Called for every order of ours that arrives and is taken. */
  onBooked: (order: BookedOrder) => void = () => undefined;

  /** @param listLagMs by how much a list may lag behind at most; every look has a lag of its own. */
  constructor(
    private readonly scheduler: VirtualScheduler,
    private readonly random: SeededRandom,
    readonly listLagMs: number,
  ) {}

  /** @param reaches whether the order is in the book after a reaction that does not say so. */
  arrive(text: string, tag: string | null, reaction: Reaction, reaches: boolean): KisAnswer {
    const body = JSON.parse(text) as Record<string, string>;
    switch (reaction) {
      case 'takes': {
        const order = this.take(body, tag);
        return order ? accepted(order.number) : refused('APBK0927', '정정취소 가능수량이 없습니다.');
      }
      case 'no-number':
        if (reaches) this.take(body, tag);
        return accepted('');
      case 'EGW00301':
        if (reaches) this.take(body, tag);
        return { kind: 'timeout', seen: 'was answered: EGW00301' };
      case 'html':
        if (reaches) this.take(body, tag);
        return { kind: 'unavailable', seen: 'found KIS out of service (HTTP 502)' };
      case 'refuses':
        return refused('APBK0918', '장운영시간이 아닙니다.(주문불가)');
      case 'too-many':
        return {
          kind: 'rate-limited',
          facts: { msgCd: 'EGW00201', msg1: '초당 거래건수를 초과하였습니다.' },
        };
      case 'token':
        return { kind: 'token-refused', facts: { msgCd: 'EGW00123', msg1: '기간이 만료된 token 입니다.' } };
    }
  }

  /** The rows of `inquire-daily-ccld` for these days, `YYYYMMDD`, as a list shows them now. */
  rows(from: string, to: string): Record<string, string>[] {
    const until = this.scheduler.time - this.random.between(0, this.listLagMs);
    return this.orders
      .filter(({ at }) => at <= until)
      .map(rowOf)
      .filter(({ ord_dt = '' }) => ord_dt >= from && ord_dt <= to);
  }

  /** Somebody buys or sells: what is open of an order is filled. */
  fill(order: BookedOrder): void {
    order.filled += order.open;
    order.open = 0;
  }

  /** The exchange refuses what KIS has taken. */
  reject(order: BookedOrder): void {
    order.rejected = order.open;
    order.open = 0;
  }

  /** `null` when the order that it changes is not open. */
  take(body: Readonly<Record<string, string>>, tag: string | null): BookedOrder | null {
    const original = body['ORGN_ODNO'] ?? null;
    const target = this.orders.find(({ number }) => number === original);
    if (original !== null && (!target || target.open === 0)) return null;
    const quantity = target ? target.open : Number(body['ORD_QTY']);
    const cancels = body['RVSE_CNCL_DVSN_CD'] === '02';
    if (target) {
      target.cancelled += target.open;
      target.open = 0;
    }
    const order: BookedOrder = {
      number: String(this.orders.length + 1).padStart(10, '0'),
      tag,
      at: this.scheduler.time,
      body: target ? { ...target.body, ...body } : body,
      kind: original === null ? 'new' : cancels ? 'cancellation' : 'modification',
      original,
      quantity,
      open: cancels ? 0 : quantity,
      filled: 0,
      cancelled: 0,
      rejected: 0,
    };
    this.orders.push(order);
    this.onBooked(order);
    return order;
  }
}

function accepted(number: string): KisAnswer {
  const output = { KRX_FWDG_ORD_ORGNO: BRANCH, ODNO: number, ORD_TMD: '' };
  return { kind: 'ok', status: 200, headers: {}, body: { rt_cd: '0', msg_cd: 'APBK0013', msg1: '', output } };
}

function refused(msgCd: string, msg1: string): KisAnswer {
  return { kind: 'refused', facts: { msgCd, msg1 } };
}

function rowOf(order: BookedOrder): Record<string, string> {
  const { body } = order;
  const moment = new Date(order.at + KOREA_MS).toISOString();
  return {
    ord_dt: moment.slice(0, 10).replaceAll('-', ''),
    ord_tmd: moment.slice(11, 19).replaceAll(':', ''),
    odno: order.number,
    orgn_odno: order.original ?? '',
    ord_gno_brno: BRANCH,
    pdno: body['PDNO'] ?? '',
    prdt_name: '삼성전자',
    sll_buy_dvsn_cd: '02',
    ord_dvsn_cd: body['ORD_DVSN'] ?? '00',
    excg_id_dvsn_cd: body['EXCG_ID_DVSN_CD'] ?? 'KRX',
    ord_qty: String(order.quantity),
    ord_unpr: body['ORD_UNPR'] ?? '0',
    tot_ccld_qty: String(order.filled),
    avg_prvs: order.filled > 0 ? (body['ORD_UNPR'] ?? '0') : '0',
    rmn_qty: String(order.open),
    rjct_qty: String(order.rejected),
    cncl_cfrm_qty: String(order.cancelled),
    cncl_yn: order.kind === 'cancellation' ? 'Y' : '',
  };
}
