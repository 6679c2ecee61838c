/**
 * The sentences of the gateway for its codes, literally.
 * Source: KIS portal, FAQ of error codes (https://apiportal.koreainvestment.com/faq-error-code);
 * EGW00133 from koreainvestment/open-trading-api issue #33; EGW00215, EGW0200x and IGW00002, which the
 * list does not have, from answers quoted in public.
 */
export const GATEWAY_MESSAGES = {
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
  EGW00202: 'GW라우팅 중 오류가 발생했습니다.',
  EGW00203: 'OPS라우팅 중 오류가 발생했습니다.',
  EGW00205: 'credentials_type이 유효하지 않습니다.(Bearer)',
  EGW00215: '원장에서 허용 가능한 초당 거래건수를 초과하였습니다.',
  EGW00304: '고객식별키(법인 personalSeckey, 개인 appSecret)가 유효하지 않습니다.',
  EGW02004: '실전투자 도메인은 모의투자 앱키로 호출하실 수 없습니다.',
  EGW02005: '실전투자 TR 이 아닙니다.',
  EGW02006: '모의투자 TR 이 아닙니다.',
  EGW02007: '해당 앱키는 모의투자용 앱키가 아닙니다.',
  IGW00002: '현재 계좌의 계좌번호와 요청 계좌번호가 일치하지 않습니다.',
} as const;

export type GatewayCode = keyof typeof GATEWAY_MESSAGES;
