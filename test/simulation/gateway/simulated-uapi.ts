import type { KisExchangeRequest } from '../../../src/kis/transport/kis-exchange';
import type { History } from '../history';
import type { SimulatedOrderBook } from '../orders/simulated-order-book';
import type { SimulatedKis } from '../simulated-kis';

/** How KIS takes a call that arrives. */
export type UapiReaction =
  'takes' | 'refuses' | 'too-many' | 'out-of-order' | 'outcome-unknown' | 'no-number' | 'html';

/** What arrives, and how. */
export interface UapiArrival {
  readonly request: KisExchangeRequest;
  readonly reaction: UapiReaction;
  /** Whether an order is in the book after a reaction that does not say so. */
  readonly reaches: boolean;
  /** It took longer than any permit allows for. */
  readonly isLate: boolean;
}

/** A response of KIS: JSON, or the text of a page. */
export interface UapiReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | string;
}

/** Names the order of a program, whatever became of its connections. KIS ignores the header. */
export const INTENT_HEADER = 'x-intent';
const PRICE = { stck_prpr: '70000', aspr_unit: '100', stck_llam: '50000', stck_mxpr: '90000' };
const SECOND = 1000;

/** The calls of KIS, beside its token endpoint: checks token and pace, and takes orders. */
export class SimulatedUapi {
  private recent: { readonly at: number; readonly isLate: boolean }[] = [];
  calls = 0;

  constructor(
    private readonly history: History,
    private readonly kis: SimulatedKis,
    private readonly book: SimulatedOrderBook,
    private readonly appKey: string,
    readonly perSecond: number,
  ) {}

  arrive({ request, reaction, reaches, isLate }: UapiArrival): UapiReply {
    this.calls += 1;
    const isPaced = this.isPaced(isLate);
    const token = headerOf(request, 'authorization').replace('Bearer ', '');
    if (headerOf(request, 'appkey') !== this.appKey)
      this.history.violated('a call left with the app key of a program');
    if (!this.kis.accepts(token)) return failure('EGW00123');
    if (reaction === 'too-many' || !isPaced) return failure('EGW00201');
    if (reaction === 'out-of-order') return failure('EGW00300');
    if (reaction === 'refuses') return refusal('APBK0918');
    const taken = this.taken(request, reaction === 'takes' || reaches);
    if (reaction === 'html') return { status: 502, body: '<html>Bad Gateway</html>' };
    if (reaction === 'outcome-unknown') return failure('EGW00301');
    return reaction === 'no-number' && request.method === 'POST' ? accepted('') : taken;
  }

  /** KIS counts what arrives. Calls that were held up on their way can make one too many: nobody can prevent that. */
  private isPaced(isLate: boolean): boolean {
    const { time } = this.history;
    this.recent = this.recent.filter(({ at }) => time - at < SECOND);
    this.recent.push({ at: time, isLate });
    if (this.recent.length <= this.perSecond) return true;
    if (!this.recent.some((each) => each.isLate))
      this.history.violated(`KIS got ${this.recent.length} calls within a second`);
    return false;
  }

  private taken(request: KisExchangeRequest, reaches: boolean): UapiReply {
    if (request.method === 'GET') return this.list(new URL(request.verbatim?.path ?? '', request.url));
    if (!reaches) return accepted('');
    const text = Buffer.from((request.body ?? '') as Uint8Array).toString('utf8');
    const body = JSON.parse(text) as Readonly<Record<string, string>>;
    const order = this.book.take(body, headerOf(request, INTENT_HEADER));
    return order ? accepted(order.number) : refusal('APBK0927');
  }

  private list({ pathname, searchParams }: URL): UapiReply {
    const output = pathname.endsWith('inquire-price') ? { ...PRICE, hts_deal_qty_unit_val: '1' } : [];
    if (!pathname.endsWith('inquire-daily-ccld')) return ok({ output });
    const [from, to] = [searchParams.get('INQR_STRT_DT') ?? '', searchParams.get('INQR_END_DT') ?? ''];
    const rows = this.book.rows(from, to);
    return ok({ output1: searchParams.get('INQR_DVSN') === '00' ? rows.reverse() : rows });
  }
}

/** The value of a header of a request, however it is written. */
function headerOf({ headers, verbatim }: KisExchangeRequest, name: string): string {
  const raw = verbatim?.rawHeaders ?? Object.entries(headers).flat().map(String);
  const index = raw.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name);
  return raw[index + 1] ?? '';
}

function ok(body: object): UapiReply {
  return { status: 200, body: { rt_cd: '0', msg_cd: 'MCA00000', msg1: '', ...body } };
}

function accepted(number: string): UapiReply {
  return ok({ msg_cd: 'APBK0013', output: { KRX_FWDG_ORD_ORGNO: '06010', ODNO: number, ORD_TMD: '' } });
}

function refusal(code: string): UapiReply {
  return { status: 200, body: { rt_cd: '1', msg_cd: code, msg1: '' } };
}

function failure(code: string): UapiReply {
  return { status: 500, body: { rt_cd: '1', msg_cd: code, msg1: '' } };
}
