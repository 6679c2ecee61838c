import { isOrderId, isReadMethod } from '../kis';
import type { HttpCall } from './http-call';

/** Whether a call under /uapi is passed on to KIS; any other path, and any other spelling of one, is not. */
export function isPassedOn({ path }: HttpCall): boolean {
  return PASSED_ON.test(path);
}

/**
 * Whether a call may be an order: by its TR id, and every request other than GET and HEAD, whatever its TR id says. A hashkey
 * is requested under the TR id of an order, but orders nothing.
 */
export function isOrder(call: HttpCall, trId: string): boolean {
  return !isHashkey(call) && (isOrderId(trId) || !isReadMethod(call.method));
}

export function isHashkey({ path }: HttpCall): boolean {
  return path.split('?')[0] === HASHKEY;
}

/** The headers that determine what a call is and who makes it, each at most once. */
export interface DecidingHeaders {
  readonly authorization: string;
  readonly appkey: string;
  readonly appsecret: string;
  readonly tr_id: string;
}

/** `null` when one of them occurs more than once: KIS might use the other one. */
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

const HASHKEY = '/uapi/hashkey';

/** A path of KIS under /uapi in its only spelling: no empty segments and no dot segments, encoded ones included. */
const PASSED_ON = /^\/uapi(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+(?:\?[^#]*)?$/;

const DECIDING = new Map<string, keyof DecidingHeaders>([
  ['authorization', 'authorization'],
  ['appkey', 'appkey'],
  ['appsecret', 'appsecret'],
  ['tr_id', 'tr_id'],
]);
