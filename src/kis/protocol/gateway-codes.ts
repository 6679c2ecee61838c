import type { AnswerCodes } from './answer-class';

/**
 * Codes of the gateway, as `msg_cd` of a call and as `error_code` of the endpoints under /oauth2. Source: error list of
 * the KIS portal (https://apiportal.koreainvestment.com/faq-error-code); EGW00133, EGW00215, EGW00316, EGW02004 to
 * EGW02007 and IGW00002 are not on that list and are known from public captures.
 */
export const GATEWAY_CODES = {
  transient: {
    EGW00001: '일시적 오류가 발생했습니다.',
    EGW00002: '서버 에러가 발생했습니다.',
    EGW00202: 'GW라우팅 중 오류가 발생했습니다.',
    EGW00203: 'OPS라우팅 중 오류가 발생했습니다.',
    EGW00204: 'Internal Gateway 인스턴스를 잘못 입력했습니다.',
    EGW00300: 'Gateway 라우팅 오류가 발생했습니다.',
    EGW00316: '',
  },
  'outcome-unknown': {
    EGW00301: '연결 시간이 초과되었습니다.직전 거래를 반드시 확인하세요.',
    EGW00302: '거래시간이 초과되었습니다.직전 거래를 반드시 확인하세요.',
  },
  'rate-limited': {
    EGW00201: '초당 거래건수를 초과하였습니다.',
    EGW00215: '원장에서 허용 가능한 초당 거래건수를 초과하였습니다.',
  },
  'issued-too-often': { EGW00133: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)' },
  'token-refused': {
    EGW00121: '유효하지 않은 token 입니다.',
    EGW00122: 'token을 찾을 수 없습니다.',
    EGW00123: '기간이 만료된 token 입니다.',
  },
  'credentials-refused': {
    EGW00102: 'AppKey는 필수입니다.',
    EGW00103: '유효하지 않은 AppKey입니다.',
    EGW00104: 'AppSecret은 필수입니다.',
    EGW00105: '유효하지 않은 AppSecret입니다.',
    EGW00304: '고객식별키(법인 personalSeckey, 개인 appSecret)가 유효하지 않습니다.',
  },
  'not-permitted': {
    EGW00003: '접근이 거부되었습니다.',
    EGW00004: '권한을 부여받지 않은 고객입니다.',
    EGW00206: 'API 사용 권한이 없습니다.',
    EGW00207: 'IP 주소가 없거나 유효하지 않습니다.',
    EGW00210: '법인고객의 경우 모의투자를 이용할 수 없습니다.',
    EGW00303: '법인고객에게 허용되지 않은 IP접근입니다.',
  },
  misconfigured: {
    EGW02004: '실전투자 도메인은 모의투자 앱키로 호출하실 수 없습니다.',
    EGW02005: '실전투자 TR 이 아닙니다.',
    EGW02006: '모의투자 TR 이 아닙니다.',
    EGW02007: '해당 앱키는 모의투자용 앱키가 아닙니다.',
    IGW00002: '현재 계좌의 계좌번호와 요청 계좌번호가 일치하지 않습니다.',
  },
  malformed: {
    EGW00101: '유효하지 않은 요청입니다.',
    EGW00106: 'redirect_uri는 필수입니다.',
    EGW00107: '유효하지 않은 redirect_uri입니다.',
    EGW00108: '유효하지 않은 서비스구분(service)입니다.',
    EGW00109: 'scope는 필수입니다.',
    EGW00110: '유효하지 않은 scope 입니다.',
    EGW00111: '유효하지 않은 state 입니다.',
    EGW00112: '유효하지 않은 grant 입니다.',
    EGW00113: '응답구분(response_type)은 필수입니다.',
    EGW00114: '지원하지 않는 응답구분(response_type)입니다.',
    EGW00115: '권한부여 타입(grant_type)은 필수입니다.',
    EGW00116: '지원하지 않는 권한부여 타입(grant_type)입니다.',
    EGW00117: '지원하지 않는 토큰 타입(token_type)입니다.',
    EGW00118: '유효하지 않은 code 입니다.',
    EGW00119: 'code를 찾을 수 없습니다.',
    EGW00120: '기간이 만료된 code 입니다.',
    EGW00124: '유효하지 않은 session_key 입니다.',
    EGW00125: 'session_key를 찾을 수 없습니다.',
    EGW00126: '기간이 만료된 session_key 입니다.',
    EGW00131: '유효하지 않은 hashkey입니다.',
    EGW00132: 'Content-Type이 유효하지 않습니다.',
    EGW00205: 'credentials_type이 유효하지 않습니다.(Bearer)',
  },
  'invalid-input': {
    EGW00127: '제휴사번호(corpno)는 필수입니다.',
    EGW00128: '계좌번호(acctno)는 필수입니다.',
    EGW00129: 'HTS_ID는 필수입니다.',
    EGW00130: '유효하지 않은 유저(user)입니다.',
    EGW00208: '고객유형(custtype)이 유효하지 않습니다.',
    EGW00209: '일련번호(seq_no)가 유효하지 않습니다.',
    EGW00211: '고객명(personalname)은 필수 입니다.',
    EGW00212: '휴대전화번호(personalphone)는 필수 입니다.',
    EGW00213: '제휴사명(corpname)은 필수 입니다.',
  },
} as const satisfies AnswerCodes;
