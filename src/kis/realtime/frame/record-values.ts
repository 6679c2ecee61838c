import { koreanTimeNear } from '../../protocol/market-time';
import type { KisTradeSession } from '../realtime-events';

/** Reads single values of a record; a value that its column cannot have makes the record unreadable. */

/** A record that does not contain what its layout says. Its values are not guessed. */
export class UnreadableRecord extends Error {}

const KOREA_OFFSET_MS = 9 * 3_600_000;

/** The positions of columns by their names; looked up once, when the module loads. */
export function positions<N extends string>(
  columns: readonly string[],
  names: readonly N[],
): Readonly<Record<N, number>> {
  const found = names.map((name) => [name, columns.indexOf(name)] as const);
  const missing = found.find(([, index]) => index < 0);
  if (missing) throw new Error(`The layout has no column ${missing[0]}.`);
  return Object.fromEntries(found) as Record<N, number>;
}

/** A decimal number as KIS sends it, possibly with a sign. @throws UnreadableRecord */
export function numberAt(record: readonly string[], index: number): string {
  const text = record[index] ?? '';
  if (!isNumber(text)) throw new UnreadableRecord(`column ${index + 1} is not a number`);
  return text;
}

/** A symbol or another text without spaces. @throws UnreadableRecord */
export function wordAt(record: readonly string[], index: number): string {
  const text = record[index] ?? '';
  if (text === '' || text.includes(' ')) throw new UnreadableRecord(`column ${index + 1} is empty`);
  return text;
}

/** A change with its sign. The sign has a column of its own (4 and 5: down); in overseas records it is only there. */
export function signedAt(record: readonly string[], index: number, signIndex: number): string {
  const text = numberAt(record, index);
  const isDown = record[signIndex] === '4' || record[signIndex] === '5';
  return isDown && text.charCodeAt(0) !== MINUS && /[1-9]/.test(text) ? `-${text}` : text;
}

/** The instant of a Korean date (YYYYMMDD) and time of day (HHMMSS). @throws UnreadableRecord */
export function koreanInstant(date: string, time: string): Date {
  if (date.length !== 8 || !isDigits(date)) throw new UnreadableRecord('a date is not a date');
  const day = Date.UTC(+date.slice(0, 4), +date.slice(4, 6) - 1, +date.slice(6, 8));
  return new Date(day + timeOfDayMs(time) - KOREA_OFFSET_MS);
}

/** The instant of a Korean time of day close to `receivedAt`: KIS sends no date with order books. */
export function instantNear(time: string, receivedAt: number): Date {
  timeOfDayMs(time);
  return new Date(koreanTimeNear(time, receivedAt));
}

/** The session of MARKET_CLS_CODE (1 pre, 2 regular, 3 after, 5 close); `null` for any other. */
export function sessionOf(code: string | undefined): KisTradeSession | null {
  return code === undefined ? null : (SESSIONS[code] ?? null);
}

const SESSIONS: Readonly<Record<string, KisTradeSession>> = {
  '1': 'pre',
  '2': 'regular',
  '3': 'after',
  '5': 'close',
};

const MINUS = 45;
const POINT = 46;

function isNumber(text: string): boolean {
  let points = 0;
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) digits += 1;
    else if (code === POINT) points += 1;
    else if (index > 0 || (code !== MINUS && code !== 43)) return false;
  }
  return digits > 0 && points <= 1;
}

function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** @throws UnreadableRecord */
function timeOfDayMs(time: string): number {
  const [hours, minutes, seconds] = [+time.slice(0, 2), +time.slice(2, 4), +time.slice(4, 6)];
  const isTime = time.length === 6 && isDigits(time) && hours < 24 && minutes < 60 && seconds < 60;
  if (!isTime) throw new UnreadableRecord('a time of day is not a time');
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
