import { type Brokerage } from '../brokerage';
import { koreanDateTime } from '../korean-time';
import { type IncomingCall, type Reply, jsonReply } from '../message';
import { type SimulatorSettings } from '../settings';
import { grantProblem, identified, oauthBody, oauthRefusal } from './oauth-replies';
import { type IssuedToken } from './token-desk';

const TWENTY_MINUTES_MS = 1_200_000;
const THIRTY_DAYS_SECONDS = 2_592_000;

/**
 * POST /oauth2/tokenP (KIS portal, 접근토큰발급(P)). The environment is not checked: a key gets a token at either
 * host, and only the later call under /uapi fails. Order of the checks: credentials, the minute, six hours.
 */
export function tokenEndpoint(call: IncomingCall, brokerage: Brokerage): Reply {
  const member = oauthBody(call);
  if (!member) return oauthRefusal('EGW00101');
  const problem = grantProblem(member('grant_type'));
  if (problem) return oauthRefusal(problem);
  const customer = identified(brokerage, call, member('appkey'), member('appsecret'));
  if (typeof customer === 'string') return oauthRefusal(customer);
  const issued = brokerage.tokens.issue(customer.appKey, call.at);
  if (!issued) return oauthRefusal('EGW00133');
  // Also when the token is the one of before (open-trading-api, kis_auth.py: "발급시 알림톡 무조건 발송").
  if (customer.home === 'real') brokerage.kakaoMessages += 1;
  return jsonReply(200, tokenAnswer(issued, brokerage.settings, call.at), '');
}

/** The members in the order of the portal's example. `expires_in` is the only number KIS sends. */
function tokenAnswer(issued: IssuedToken, settings: Readonly<SimulatorSettings>, now: number): object {
  return {
    access_token: issued.token,
    access_token_token_expired: expiryText(issued, settings, now),
    token_type: 'Bearer',
    // The full life also when the token is handed out again, later in its life [inferred].
    expires_in: settings.tokenFault === 'longExpiry' ? THIRTY_DAYS_SECONDS : lifetimeSeconds(issued),
  };
}

/** The faults of the expiry change what the answer says, not the token itself. */
function expiryText(issued: IssuedToken, settings: Readonly<SimulatorSettings>, now: number): string {
  switch (settings.tokenFault) {
    case 'emptyExpiry':
      return '';
    // A public report of 2026-08-19: tokenP answered with an expiry twenty minutes ago.
    case 'pastExpiry':
      return koreanDateTime(now - TWENTY_MINUTES_MS);
    case 'longExpiry':
      return koreanDateTime(now + THIRTY_DAYS_SECONDS * 1000);
    default:
      return koreanDateTime(issued.expiresAt);
  }
}

function lifetimeSeconds(issued: IssuedToken): number {
  return Math.round((issued.expiresAt - Math.floor(issued.issuedAt / 1000) * 1000) / 1000);
}
