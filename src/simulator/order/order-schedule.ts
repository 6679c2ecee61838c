import { koreanTime } from '../korean-time';
import { type Fields } from '../message';
import { type Answer, invalidField, tradingRefusal } from '../uapi/answer';

/** Checks the start and end times of TWAP and VWAP orders. */

/** ALGO_ORD_TMD_DVSN_CD: until the close, without times of its own. */
const TO_THE_CLOSE = '02';
const DAY_SECONDS = 86_400;
/** A start time further ahead on the clock counts as one in the past. */
const FURTHEST_SECONDS = DAY_SECONDS / 2;
/** Only the message of this refusal is known; the code is invented. */
const START_IN_THE_PAST = 'APBK9001';

/**
 * The refusal for the times of a TWAP or VWAP order; `null` when KIS accepts them. The portal writes START_TIME and
 * END_TIME as YYMMDD, but means the time of day in Korea, HHMMSS (public reports, docs/kis-contract.md).
 */
export function scheduleProblem(fields: Fields, at: number): Answer | null {
  if (fields.get('ALGO_ORD_TMD_DVSN_CD').trim() === TO_THE_CLOSE) return null;
  for (const name of ['START_TIME', 'END_TIME'])
    if (secondsOf(fields.get(name).trim()) === null) return invalidField(name);
  const now = secondsOf(koreanTime(at)) ?? 0;
  const start = secondsOf(fields.get('START_TIME').trim()) ?? 0;
  // A night in New York has midnight in Korea in it.
  const aheadSeconds = (start - now + DAY_SECONDS) % DAY_SECONDS;
  const isAhead = aheadSeconds > 0 && aheadSeconds <= FURTHEST_SECONDS;
  return isAhead ? null : tradingRefusal(START_IN_THE_PAST);
}

function secondsOf(time: string): number | null {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(time) ?? [];
  return hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
