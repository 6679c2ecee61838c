import { type IncomingCall, type Reply, jsonObject, jsonReply, textOf } from '../message';
import { type Brokerage } from '../brokerage';
import { wordsOf } from '../uapi/forced-refusal';
import { type GatewayCode } from '../uapi/gateway-messages';
import { type Customer, isKeyWellFormed, isSecretOf } from './customers';

/**
 * A refusal of the endpoints under /oauth2: HTTP 403 and these two members in this order, which is another
 * shape than everywhere else (koreainvestment/open-trading-api issue #33).
 */
export function oauthRefusal(code: string): Reply {
  return jsonReply(403, { error_description: wordsOf(code), error_code: code }, code);
}

/** What a body under /oauth2 holds, or null where it is no JSON object. Any content type will do. */
export function oauthBody(call: IncomingCall): ((member: string) => string) | null {
  const body = jsonObject(call.body);
  return body && ((member) => textOf(body[member]));
}

/** The customer with a valid key and secret, or the code of the refusal. */
export function identified(
  brokerage: Brokerage,
  call: IncomingCall,
  appKey: string,
  appSecret: string,
): Customer | GatewayCode {
  if (appKey === '') return 'EGW00102';
  if (appSecret === '') return 'EGW00104';
  if (!isKeyWellFormed(appKey)) return 'EGW00103';
  const customer = brokerage.customers.meet(appKey, appSecret, call.host);
  return isSecretOf(customer, appSecret) ? customer : 'EGW00105';
}

/** The code that refuses a body without the only grant for customers, or null (KIS portal, 접근토큰발급(P)). */
export function grantProblem(grantType: string): GatewayCode | null {
  if (grantType === '') return 'EGW00115';
  return grantType === 'client_credentials' ? null : 'EGW00116';
}
