import { isOrderId, isReadMethod } from '../kis';
import type { HttpCall } from './http-call';

const HASHKEY = '/uapi/hashkey';

/** One of KIS's paths under /uapi, spelled in one way only: no empty or dot segments, also none that are encoded. */
const PASSED_ON = /^\/uapi(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+(?:\?[^#]*)?$/;

/** The headers that decide what a call is and who makes it: each at most once. */
export interface DecidingHeaders {
  readonly authorization: string;
  readonly appkey: string;
  readonly appsecret: string;
  readonly tr_id: string;
}

const DECIDING = new Map<string, keyof DecidingHeaders>([
  ['authorization', 'authorization'],
  ['appkey', 'appkey'],
  ['appsecret', 'appsecret'],
  ['tr_id', 'tr_id'],
]);

/** Whether a call is one for KIS. */
export function isPassedOn({ path }: HttpCall): boolean {
  return PASSED_ON.test(path);
}

/**
 * A hash is computed for an order, under its TR id; it orders nothing. Any other request but GET and HEAD may be an order,
 * whatever its TR id says.
 */
export function isOrder(call: HttpCall, trId: string): boolean {
  return !isHashkey(call) && (isOrderId(trId) || !isReadMethod(call.method));
}

export function isHashkey({ path }: HttpCall): boolean {
  return path.split('?')[0] === HASHKEY;
}

/** `null` when one of them is there more than once: KIS might see another one. */
export function decidingHeaders({ rawHeaders }: HttpCall): DecidingHeaders | null {
  const found: Partial<Record<keyof DecidingHeaders, string>> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = DECIDING.get(rawHeaders[index]?.toLowerCase() ?? '');
    if (name === undefined) continue;
    if (found[name] !== undefined) return null;
    found[name] = rawHeaders[index + 1]?.trim() ?? '';
  }
  const { authorization = '', appkey = '', appsecret = '', tr_id = '' } = found;
  return { authorization, appkey, appsecret, tr_id };
}
