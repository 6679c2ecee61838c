import { dateOf, dayAt, dayOf, isWeekend, weekdayOf, yearOf } from '../market/days';
import { EXCHANGES, type Exchange, isAmerican } from '../market/exchanges';
import { KOREA, nextTradingDay } from '../market/places';
import { type Answer, invalidField, tradingAnswer } from './answer';
import { pageOf } from './paging';
import { type Inquiry, type Service } from './service';

/** 국내휴장일조회 [국내주식-040]: the days from a given one on. KIS requests at most one call a day. Not at the mock host. */
export const HOLIDAYS: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/chk-holiday',
  trIds: { real: ['CTCA0903R'], mock: [] },
  forAccount: false,
  required: ['BASS_DT', 'CTX_AREA_NK', 'CTX_AREA_FK'],
  answer: holidays,
};

/** 해외결제일자조회 [해외주식-017]: when a trade of a day settles, by country. Not at the mock host. */
export const OVERSEAS_SETTLEMENT: Service = {
  method: 'GET',
  path: '/uapi/overseas-stock/v1/quotations/countries-holiday',
  trIds: { real: ['CTOS5011R'], mock: [] },
  forAccount: false,
  required: ['TRAD_DT', 'CTX_AREA_NK', 'CTX_AREA_FK'],
  answer: settlements,
};

/** No source says how many days a page has. */
const DAYS_A_PAGE = 25;
/** Days from a trade to its settlement at the place; the United States changed to one in May 2024. */
const SETTLEMENT_DAYS = 2;
const AMERICAN_SETTLEMENT_DAYS = 1;

function holidays(inquiry: Inquiry): Answer {
  const from = dayOf(inquiry.fields.get('BASS_DT'));
  if (from === null) return invalidField('BASS_DT');
  const end = dayAt(yearOf(from) + 1, 12, 31);
  const days = Array.from({ length: end - from + 1 }, (_, index) => from + index);
  const page = pageOf(
    days,
    { width: 20, suffix: '', pageSize: DAYS_A_PAGE, condition: `${dateOf(from)}^`, keyOf: dateOf },
    inquiry,
  );
  if ('msgCd' in page) return page;
  return tradingAnswer(
    inquiry.call.host,
    { ...page.areas, output: page.rows.map(dayRow) },
    { trCont: page.trCont },
  );
}

function dayRow(day: number): Record<string, string> {
  const isTradingDay = KOREA.isTradingDay(day);
  // Banks work on the exchange's own day off, the last one of the year, and on Labour Day they do not.
  const isBankingDay = isTradingDay || (!isWeekend(day) && dateOf(day).endsWith('1231'));
  return {
    bass_dt: dateOf(day),
    wday_dvsn_cd: String(weekdayOf(day) + 1).padStart(2, '0'),
    bzdy_yn: yesNo(isBankingDay),
    tr_day_yn: yesNo(isBankingDay),
    opnd_yn: yesNo(isTradingDay),
    sttl_day_yn: yesNo(isTradingDay),
  };
}

function settlements({ call, fields }: Inquiry): Answer {
  const day = dayOf(fields.get('TRAD_DT'));
  if (day === null) return invalidField('TRAD_DT');
  const open = EXCHANGES.filter(({ place }) => place.isTradingDay(day));
  return tradingAnswer(
    call.host,
    { output: open.map((exchange) => settlementRow(exchange, day)) },
    { found: open.length > 0 },
  );
}

function settlementRow(exchange: Exchange, day: number): Record<string, string> {
  let local = day;
  const days = isAmerican(exchange) ? AMERICAN_SETTLEMENT_DAYS : SETTLEMENT_DAYS;
  for (let count = 0; count < days; count += 1) local = nextTradingDay(exchange.place, local);
  const domestic = KOREA.isTradingDay(local) ? local : nextTradingDay(KOREA, local);
  return {
    prdt_type_cd: exchange.productType,
    tr_natn_cd: exchange.countryCode,
    tr_natn_name: exchange.country,
    natn_eng_abrv_cd: exchange.countryLetters,
    tr_mket_cd: exchange.marketCode,
    tr_mket_name: exchange.name,
    acpl_sttl_dt: dateOf(local),
    dmst_sttl_dt: dateOf(domestic),
  };
}

function yesNo(value: boolean): string {
  return value ? 'Y' : 'N';
}
