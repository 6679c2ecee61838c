import type { KisExchangeRequest } from '../transport/kis-exchange';
import type { KisAccount } from '../kis-account';

/** A call that has passed the guards: it goes to the account's own KIS origin, under a TR id. */
export interface KisCall {
  readonly account: KisAccount;
  /** In upper case. */
  readonly method: string;
  /** Query included; not for messages, because it holds the account number. Of a verbatim call only the origin counts. */
  readonly url: URL;
  readonly trId: string;
  /** It requests a following page (`tr_cont: N`). */
  readonly continued: boolean;
  /** A read that an order waits for: it gets its permit before other reads. */
  readonly isUrgent?: boolean;
  /** All but the credentials. */
  readonly headers: KisExchangeRequest['headers'];
  /** The head of another program's request; its credentials are replaced by the account's own. */
  readonly verbatim?: KisExchangeRequest['verbatim'];
  readonly body: KisExchangeRequest['body'];
  readonly signal: AbortSignal | undefined;
  /** For one exchange with KIS. */
  readonly timeoutMs: number;
  /** For everything together: token, permit, exchanges, pauses between attempts. */
  readonly deadlineMs: number;
  /** Called when the permit is there; the call is not sent when this returns true. */
  readonly isTooLate?: () => boolean;
}

/** Whether the call can safely be sent twice. TR ids of calls that change something end in U. */
export function isRead({ method, trId }: KisCall): boolean {
  return isReadMethod(method) && !isOrderId(trId);
}

/** Methods that change nothing (RFC 9110 section 9.2.1). KIS's reads are all GET; HEAD is the same without the body. */
export function isReadMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Whether a TR id is one of a call that changes something: those end in U (KIS portal, all calls of 주문). */
export function isOrderId(trId: string): boolean {
  return /u$/i.test(trId.trim());
}

/** `GET /uapi/… (TTTC8434R)`: without the query. */
export function nameOf(call: KisCall): string {
  const { method, trId, verbatim } = call;
  const path = verbatim ? (verbatim.path.split('?')[0] ?? '') : call.url.pathname;
  return `${method} ${path} (${trId})`;
}

/** The headers of KIS, without those that identify the caller. */
export function kisHeaders(trId: string, custType: string, trCont: string): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    tr_id: trId,
    custtype: custType,
    tr_cont: trCont,
  };
}
