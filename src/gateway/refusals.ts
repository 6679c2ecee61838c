import type { ServerResponse } from 'node:http';
import { sendJson } from './http-call';

/** Refuses calls as KIS does: the codes, messages and bodies of its gateway. */

/** KIS's messages by code (list of error codes of the KIS portal; literal bodies: docs/kis-contract.md). */
const WORDS = {
  EGW00002: '서버 에러가 발생했습니다.',
  EGW00101: '유효하지 않은 요청입니다.',
  EGW00102: 'AppKey는 필수입니다.',
  EGW00103: '유효하지 않은 AppKey입니다.',
  EGW00104: 'AppSecret은 필수입니다.',
  EGW00105: '유효하지 않은 AppSecret입니다.',
  EGW00115: '권한부여 타입(grant_type)은 필수입니다.',
  EGW00116: '지원하지 않는 권한부여 타입(grant_type)입니다.',
  EGW00121: '유효하지 않은 token 입니다.',
  EGW00122: 'token을 찾을 수 없습니다.',
  EGW00123: '기간이 만료된 token 입니다.',
  EGW00133: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)',
  EGW00201: '초당 거래건수를 초과하였습니다.',
  EGW00205: 'credentials_type이 유효하지 않습니다.(Bearer)',
  EGW00300: 'Gateway 라우팅 오류가 발생했습니다.',
  EGW00301: '연결 시간이 초과되었습니다.직전 거래를 반드시 확인하세요.',
  EGW00304: '고객식별키(법인 personalSeckey, 개인 appSecret)가 유효하지 않습니다.',
} as const;
export type GatewayCode = keyof typeof WORDS;

/** Refuses a call under /uapi as KIS's own gateway does. */
export function refuseCall(
  response: ServerResponse,
  code: GatewayCode,
  trId: string,
  { status = 500, because = '' } = {},
): void {
  const msg1 = because === '' ? WORDS[code] : `${WORDS[code]} (${because})`;
  sendJson(response, status, { rt_cd: '1', msg_cd: code, msg1 }, kisHeaders(trId));
}

/** Refuses a call under /oauth2: another shape, and HTTP 403 (open-trading-api issue #33). */
export function refuseOauth(
  response: ServerResponse,
  code: GatewayCode,
  { status = 403, because = '' } = {},
): void {
  const words = because === '' ? WORDS[code] : `${WORDS[code]} (${because})`;
  sendJson(response, status, { error_description: words, error_code: code });
}

/** The headers of KIS's own responses. In lower case, and only these: the official client makes a field of each. */
export function kisHeaders(trId: string): Record<string, string> {
  const printable = /^[\x20-\x7e]*$/.test(trId) ? trId : '';
  return { tr_id: printable, tr_cont: '', gt_uid: '' };
}
