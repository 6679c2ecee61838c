/**
 * What KIS's refusals of orders mean, and the remedy. There is no official list of these codes: they come from public
 * logs and clients (docs/kis-contract.md), so a code that is not here is passed on in KIS's own words.
 */
export interface OrderRefusal {
  readonly msgCd: string;
  /** A part of `msg1` where the code alone is ambiguous. */
  readonly text?: string;
  readonly meaning: { readonly en: string; readonly ko: string };
  readonly cure: { readonly en: string; readonly ko: string };
}

const BY_CODE: readonly OrderRefusal[] = [
  {
    msgCd: 'APBK0918',
    meaning: { en: 'The market is closed for this order.', ko: '지금은 이 주문을 받는 시간이 아닙니다.' },
    cure: {
      en: 'Send it during the session, or choose the session that is open: GET /api/market lists them.',
      ko: '장이 열린 시간에 보내거나 열려 있는 세션을 고르십시오(GET /api/market).',
    },
  },
  {
    msgCd: 'APBK0919',
    meaning: { en: 'Today is not a trading day.', ko: '오늘은 거래일이 아닙니다.' },
    cure: { en: 'Send it on the next trading day.', ko: '다음 거래일에 주문하십시오.' },
  },
  {
    msgCd: 'APBK1664',
    meaning: { en: 'The US market is closed.', ko: '미국 시장이 열려 있지 않습니다.' },
    cure: {
      en: 'Send it during the US session, or use the session "daytime" where the stock has one.',
      ko: '미국 장 시간에 보내거나, 주간거래가 되는 종목이면 session을 "daytime"으로 하십시오.',
    },
  },
  {
    msgCd: 'APBK0952',
    meaning: {
      en: 'The order costs more than the cash that can be used.',
      ko: '주문가능금액보다 큰 주문입니다.',
    },
    cure: {
      en: 'Order less. KIS counts market orders at the upper price limit: GET …/buying-power names the quantity.',
      ko: '수량을 줄이십시오. 시장가 주문은 상한가로 계산됩니다(GET …/buying-power).',
    },
  },
  {
    msgCd: 'APBK0400',
    meaning: {
      en: 'More shares are to be sold than the account can sell.',
      ko: '매도 가능한 수량을 넘었습니다.',
    },
    cure: {
      en: 'Sell at most `orderableQuantity` of the balance; open sell orders hold shares back.',
      ko: '잔고의 orderableQuantity 이하로 주문하십시오. 미체결 매도 주문이 잡고 있는 수량은 빠집니다.',
    },
  },
  {
    msgCd: 'APBK0506',
    meaning: { en: 'The price is not a multiple of the tick size.', ko: '호가 단위에 맞지 않는 가격입니다.' },
    cure: {
      en: 'Use one of the nearest valid prices: POST …/orders/check names them.',
      ko: '가장 가까운 호가로 바꾸십시오(POST …/orders/check가 알려 줍니다).',
    },
  },
  {
    msgCd: 'APBK0656',
    meaning: {
      en: 'KIS does not know the symbol on this exchange, or the stock has no daytime session.',
      ko: '이 거래소에 없는 종목이거나, 주간거래를 하지 않는 종목입니다.',
    },
    cure: {
      en: 'Check symbol and exchange (NAS, NYS, AMS): GET /api/symbols finds them.',
      ko: '종목 코드와 거래소(NAS, NYS, AMS)를 확인하십시오(GET /api/symbols).',
    },
  },
  {
    msgCd: 'APBK0927',
    meaning: {
      en: 'Nothing of the order is open: it is filled or cancelled.',
      ko: '정정·취소할 수량이 없습니다. 이미 체결되었거나 취소된 주문입니다.',
    },
    cure: { en: 'Read the order again.', ko: '주문 상태를 다시 조회하십시오.' },
  },
  {
    msgCd: 'APBK0963',
    meaning: {
      en: 'KIS does not take this order type here and now.',
      ko: '지금 이 거래소에서 받지 않는 주문 유형입니다.',
    },
    cure: {
      en: 'Choose another type, venue or session.',
      ko: '주문 유형, 거래소(venue) 또는 세션을 바꾸십시오.',
    },
  },
  {
    msgCd: 'APBK1507',
    meaning: {
      en: 'A US order needs a price of at least 0.01 dollars.',
      ko: '미국 주식은 0.01달러 이상의 가격이 필요합니다.',
    },
    cure: { en: 'Send a limit order with a price.', ko: '가격을 넣어 지정가로 주문하십시오.' },
  },
  {
    msgCd: 'APBK1943',
    meaning: {
      en: 'Market orders are not possible for this stock now.',
      ko: '지금 이 종목은 시장가 주문을 할 수 없습니다.',
    },
    cure: { en: 'Send a limit order.', ko: '지정가로 주문하십시오.' },
  },
  {
    msgCd: 'APBK3013',
    meaning: {
      en: 'The after-market takes limit, best-limit and priority-limit orders only.',
      ko: '애프터마켓에서는 지정가, 최유리지정가, 최우선지정가만 됩니다.',
    },
    cure: { en: 'Choose one of these types.', ko: '이 유형 가운데 하나로 주문하십시오.' },
  },
  {
    msgCd: 'APBK0066',
    meaning: { en: 'Trading in this stock is halted.', ko: '거래가 정지된 종목입니다.' },
    cure: { en: 'Wait until trading resumes.', ko: '거래가 재개된 뒤에 주문하십시오.' },
  },
  {
    msgCd: 'KIER3672',
    meaning: {
      en: 'Reserved orders are taken in the evening only.',
      ko: '예약주문은 정해진 저녁 시간에만 받습니다.',
    },
    cure: {
      en: 'Send it during the hours that KIS names.',
      ko: '안내된 시간에 다시 주문하십시오.',
    },
  },
  {
    msgCd: '40100000',
    meaning: { en: 'Mock trading is closed today.', ko: '모의투자 영업일이 아닙니다.' },
    cure: { en: 'Send it on the next trading day.', ko: '다음 거래일에 주문하십시오.' },
  },
  {
    msgCd: 'EGW02006',
    meaning: {
      en: 'Mock trading does not offer this call.',
      ko: '모의투자에서 제공하지 않는 거래입니다.',
    },
    cure: { en: 'Use an account for REAL trading.', ko: '실전투자 계좌를 사용하십시오.' },
  },
  {
    msgCd: 'MCA00124',
    meaning: {
      en: 'Mock trading does not offer this service.',
      ko: '모의투자에서 제공하지 않는 서비스입니다.',
    },
    cure: { en: 'Use an account for REAL trading.', ko: '실전투자 계좌를 사용하십시오.' },
  },
];

/** KIS says this with several codes. */
const BY_TEXT: readonly OrderRefusal[] = [
  {
    msgCd: '',
    text: '시작시간은 현재시간 이후로 입력해주세요',
    meaning: {
      en: 'The start time of the order lies in the past.',
      ko: '주문 시작 시간이 이미 지났습니다.',
    },
    cure: { en: 'Choose a later start.', ko: '더 늦은 시작 시간을 넣으십시오.' },
  },
  {
    msgCd: '',
    text: '주문단가를 입력 하십시오',
    meaning: { en: 'The order needs a price.', ko: '가격이 필요한 주문입니다.' },
    cure: { en: 'Send a limit order with a price.', ko: '가격을 넣어 지정가로 주문하십시오.' },
  },
];

/** All known refusals. */
export const ORDER_REFUSALS: readonly OrderRefusal[] = [...BY_CODE, ...BY_TEXT];

/** The meaning of a refusal, by code and then by text; `null` for one that is not known. */
export function orderRefusal(msgCd: string, msg1: string): OrderRefusal | null {
  const known = BY_CODE.find((refusal) => refusal.msgCd === msgCd);
  return known ?? BY_TEXT.find(({ text = '' }) => msg1.includes(text)) ?? null;
}
