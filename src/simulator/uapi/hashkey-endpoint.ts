import { createHash } from 'node:crypto';
import { type Brokerage } from '../brokerage';
import { type IncomingCall, type Reply, jsonObject, jsonReply } from '../message';
import { isSecretOf } from '../oauth/customers';
import { hexDigits } from '../random';
import { envelope, gatewayRefusal } from './answer';
import { keyHolder } from './gateway';

/**
 * POST /uapi/hashkey (KIS portal, Hashkey): needs key and secret, no token, and no KIS call needs its result
 * ("해쉬키는 비필수값"). The member is `BODY` as in the official example, not `JsonBody` as in the table.
 */
export function hashkeyEndpoint(call: IncomingCall, brokerage: Brokerage): Reply {
  const customer = keyHolder(call, brokerage);
  const refuse = (code: Parameters<typeof gatewayRefusal>[0]): Reply =>
    envelope(gatewayRefusal(code), call.headers.get('tr_id'), hexDigits(brokerage.random, 32));
  if (typeof customer === 'string') return refuse(customer);
  if (!isSecretOf(customer, call.headers.get('appsecret'))) return refuse('EGW00304');
  const order = jsonObject(call.body);
  if (!order) return refuse('EGW00101');
  const hash = createHash('sha256').update(JSON.stringify(order)).digest('hex');
  return jsonReply(200, { BODY: order, HASH: hash }, '');
}
