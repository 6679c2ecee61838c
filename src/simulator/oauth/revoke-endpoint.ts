import { type Brokerage } from '../brokerage';
import { type IncomingCall, type Reply, jsonReply } from '../message';
import { identified, oauthBody, oauthRefusal } from './oauth-replies';

/**
 * POST /oauth2/revokeP (KIS portal, 접근토큰폐기(P)). The sentence and the number 200 are those of
 * open-trading-api issue #33; the portal's table says `code` is a string. The status of a refusal is inferred.
 */
export function revokeEndpoint(call: IncomingCall, brokerage: Brokerage): Reply {
  const member = oauthBody(call);
  if (!member) return oauthRefusal('EGW00101');
  const customer = identified(brokerage, call, member('appkey'), member('appsecret'));
  if (typeof customer === 'string') return oauthRefusal(customer);
  const token = member('token');
  const verdict = brokerage.tokens.judge(token, call.at);
  if (verdict.kind === 'expired') return oauthRefusal('EGW00123');
  if (verdict.kind === 'invalid' || verdict.appKey !== customer.appKey) return oauthRefusal('EGW00121');
  brokerage.tokens.kill(token);
  return jsonReply(200, { code: 200, message: '접근토큰 폐기에 성공하였습니다' }, '');
}
