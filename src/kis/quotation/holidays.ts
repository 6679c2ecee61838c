import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import type { KisAccount } from '../kis-account';
import { isoDate, parseDate, wireDate } from '../protocol/market-time';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, listOf, NotAsDocumented } from '../protocol/wire';
import { description, recordOf } from '../protocol/wire-fields';
import { dateText } from '../protocol/wire-times';
import type { KnownDays } from '../token/trading-days';

/** Reads which days the Korea Exchange is open (국내휴장일조회). */

/** KIS portal, 국내휴장일조회: 개장일여부 says whether orders can be placed. */
const DAY = recordOf({ date: dateText('bass_dt'), open: description('opnd_yn') });

const DAYS = answerOf({
  output: listOf((value, path) => {
    const { date, open } = DAY(value, path);
    if (open !== 'Y' && open !== 'N') throw new NotAsDocumented(`${path}.opnd_yn`);
    return { date: isoDate(parseDate(date) ?? 0), isOpen: open === 'Y' };
  }),
});

/**
 * The days from a given one on, as many as KIS puts into one answer (some weeks): KIS requests at most one call a day,
 * so no second page is read. Real trading only.
 *
 * @param day its midnight as if it were UTC
 */
export async function readHolidays(
  api: KisApiClient,
  account: KisAccount,
  day: number,
  options: KisReadOptions = {},
): Promise<KnownDays> {
  const call = KIS_QUOTATION_CALLS.holidays;
  const params = { BASS_DT: wireDate(day), CTX_AREA_NK: '', CTX_AREA_FK: '' };
  const { body } = await api.read(account, call, params, options);
  const days = readAnswer(DAYS, body, call).output.sort((one, other) => one.date.localeCompare(other.date));
  const from = isoDate(day);
  return {
    from,
    to: days.at(-1)?.date ?? from,
    closed: days.filter(({ isOpen }) => !isOpen).map(({ date }) => date),
  };
}
