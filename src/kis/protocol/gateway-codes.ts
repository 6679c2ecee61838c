/**
 * What the gateway of KIS says beside the codes that have a meaning of their own in `message-codes.ts`. Source: error
 * list of the KIS portal (https://apiportal.koreainvestment.com/faq-error-code) unless noted.
 */

/** KIS is out of order: the call was not judged, so this is an outage and no refusal. */
export const OUTAGE_CODES: ReadonlySet<string> = new Set([
  // 일시적 오류가 발생했습니다.
  'EGW00001',
  // 서버 에러가 발생했습니다.
  'EGW00002',
  // GW라우팅 중 오류가 발생했습니다.
  'EGW00202',
  // OPS라우팅 중 오류가 발생했습니다.
  'EGW00203',
  // Gateway 라우팅 오류가 발생했습니다.
  'EGW00300',
]);

/** KIS ran out of time behind its gateway and says itself to check the last order (직전 거래를 반드시 확인하세요). */
export const GATEWAY_TIMEOUT_CODES: ReadonlySet<string> = new Set([
  // 연결 시간이 초과되었습니다.
  'EGW00301',
  // 거래시간이 초과되었습니다.
  'EGW00302',
]);

/**
 * What to change after a refusal whose own words do not tell. EGW02004 to EGW02007 and IGW00002 are not on the list:
 * they are known from public captures.
 */
export const REFUSAL_HINTS: ReadonlyMap<string, string> = new Map([
  [
    'EGW02004',
    'A MOCK app key was used at the REAL host: set the trading mode to MOCK, or use a key for REAL trading.',
  ],
  [
    'EGW02005',
    'The TR id belongs to MOCK trading, the host to REAL: use the TR id for REAL trading (it begins with T or C).',
  ],
  [
    'EGW02006',
    'The TR id belongs to REAL trading, the host to MOCK: use the TR id for MOCK trading (it begins with V), if there is one.',
  ],
  [
    'EGW02007',
    'A REAL app key was used at the MOCK host: set the trading mode to REAL, or apply for a key for MOCK trading (모의투자).',
  ],
  [
    'IGW00002',
    'The account number does not belong to the app key: check account number, product code and key; each account has its own key.',
  ],
  ['OPSQ0002', 'KIS does not know the TR id in this trading mode: many calls are not offered in MOCK.'],
  [
    'OPSQ2000',
    'KIS does not accept the account number: check its eight digits and the two of the product code.',
  ],
  [
    'APAC0081',
    'KIS does not accept the account number: check its eight digits and the two of the product code.',
  ],
]);
