import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import type { KisAccount } from '../kis-account';
import { instantOf, parseDate, parseTime } from '../protocol/market-time';
import { KOREAN_ZONE } from '../protocol/markets';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, structureOf, structureOrNull } from '../protocol/wire';
import { description, figure, figureOrNull, isZero, recordOf } from '../protocol/wire-fields';
import { dateText, timeText } from '../protocol/wire-times';
import type { KisOverseasInstrument } from './instrument';
import type { KisBookLevel, KisQuotedBook } from './order-book';
import { unknownAbroad } from './overseas-quote';

/** Reads the order book of a foreign stock. */

const NAME = answerOf({ output1: structureOrNull(recordOf({ name: description('rsym') })) });

/** 해외주식 현재가 호가: ten levels in the United States, one elsewhere (python-kis). Date and time are Korean. */
const BOOK = answerOf({
  output1: structureOf(
    recordOf({
      date: dateText('dymd'),
      time: timeText('dhms'),
      totalAskQuantity: figure('avol'),
      totalBidQuantity: figure('bvol'),
    }),
  ),
  output2: structureOf((value, path) => ({
    asks: sideOf('pask', 'vask', value, path),
    bids: sideOf('pbid', 'vbid', value, path),
  })),
});

const LEVELS = Array.from({ length: 10 }, (_, index) => index + 1);

export async function readOverseasOrderBook(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisOverseasInstrument,
  options: KisReadOptions,
): Promise<KisQuotedBook> {
  const call = KIS_QUOTATION_CALLS.overseasOrderBook;
  const params = { AUTH: '', EXCD: instrument.exchange, SYMB: instrument.code };
  const { body } = await api.read(account, call, params, options);
  if (readAnswer(NAME, body, call).output1?.name == null) throw unknownAbroad(instrument);
  const { output1, output2 } = readAnswer(BOOK, body, call);
  const { date, time, ...totals } = output1;
  const wall = (parseDate(date) ?? 0) + (parseTime(time) ?? 0);
  return {
    symbol: instrument.symbol,
    venue: instrument.exchange,
    time: new Date(instantOf(KOREAN_ZONE, wall)),
    ...output2,
    ...totals,
    expectedPrice: null,
    expectedQuantity: null,
  };
}

/** The first level must be present; the others are optional. */
function sideOf(price: string, quantity: string, value: unknown, path: string): KisBookLevel[] {
  const first = recordOf({ price: figure(`${price}1`), quantity: figure(`${quantity}1`) })(value, path);
  const more = LEVELS.slice(1).flatMap((level) => {
    const read = recordOf({
      price: figureOrNull(`${price}${level}`),
      quantity: figureOrNull(`${quantity}${level}`),
    })(value, path);
    return read.price === null || read.quantity === null
      ? []
      : [{ price: read.price, quantity: read.quantity }];
  });
  return [first, ...more].filter((level) => !isZero(level.price));
}
