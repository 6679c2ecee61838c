import { type Brokerage } from '../brokerage';
import { type IncomingCall, type Reply, jsonReply } from '../message';
import { grantProblem, identified, oauthBody, oauthRefusal } from './oauth-replies';

/** POST /oauth2/Approval (KIS portal, 실시간 (웹소켓) 접속키 발급). The secret is called `secretkey` here. */
export function approvalEndpoint(call: IncomingCall, brokerage: Brokerage): Reply {
  const member = oauthBody(call);
  if (!member) return oauthRefusal('EGW00101');
  const problem = grantProblem(member('grant_type'));
  if (problem) return oauthRefusal(problem);
  const customer = identified(brokerage, call, member('appkey'), member('secretkey'));
  if (typeof customer === 'string') return oauthRefusal(customer);
  return jsonReply(200, { approval_key: brokerage.realtime.approvals.issue(customer.appKey, call.at) }, '');
}
