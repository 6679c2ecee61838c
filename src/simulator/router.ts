import { type Brokerage } from './brokerage';
import { type IncomingCall, type Reply } from './message';
import { downloadEndpoint, isDownload } from './download/download-endpoint';
import { approvalEndpoint } from './oauth/approval-endpoint';
import { revokeEndpoint } from './oauth/revoke-endpoint';
import { tokenEndpoint } from './oauth/token-endpoint';
import { hashkeyEndpoint } from './uapi/hashkey-endpoint';
import { uapiEndpoint } from './uapi/uapi-endpoint';

export const TOKEN_PATH = '/oauth2/tokenP';

/** The handler of a call; unknown calls get the gateway's refusal. */
export function route(call: IncomingCall, brokerage: Brokerage): Reply {
  if (isDownload(call)) return downloadEndpoint(call, brokerage);
  switch (`${call.method} ${call.path}`) {
    case `POST ${TOKEN_PATH}`:
      return tokenEndpoint(call, brokerage);
    case 'POST /oauth2/revokeP':
      return revokeEndpoint(call, brokerage);
    case 'POST /oauth2/Approval':
      return approvalEndpoint(call, brokerage);
    case 'POST /uapi/hashkey':
      return hashkeyEndpoint(call, brokerage);
    default:
      return uapiEndpoint(call, brokerage);
  }
}
