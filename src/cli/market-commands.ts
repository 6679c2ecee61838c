import {
  CANDLE_INTERVALS,
  KisConfiguration,
  KisQuotationClient,
  type KisCandleInterval,
  type KisQuote,
  type KisVenue,
} from '../kis';
import { chosen, withArguments } from './choice';
import type { CommandContext } from './cli-command';
import { grouped, table } from './output';

/** The commands for market data: quotes and candles. */

const VENUES = ['KRX', 'NXT', 'ALL'] as const satisfies readonly KisVenue[];
const ADJUSTED = ['true', 'false'] as const;

/** 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down (KIS portal, 주식현재가 시세). */
const SIGNS: Readonly<Record<string, string>> = { '1': '+', '2': '+', '4': '-', '5': '-' };

export async function quote({ app, alias, io, json, operands }: CommandContext): Promise<void> {
  const symbols = (operands['symbol'] ?? '').split(',');
  const account = app.get(KisConfiguration, { strict: false }).account(alias);
  const client = app.get(KisQuotationClient, { strict: false });
  const [only = ''] = symbols;
  const found = await withArguments(async () =>
    symbols.length === 1 ? [await client.price(account, only)] : client.prices(account, symbols),
  );
  const head = ['symbol', 'price', 'change', '%', 'open', 'high', 'low', 'volume'];
  io.answer(json, symbols.length === 1 ? found[0] : found, table(head, found.map(rowOf)));
}

function rowOf(found: KisQuote): string[] {
  const { symbol, price, change, changeSign, changeRate, open, high, low, volume } = found;
  const figure = (text: string | null): string => (text === null ? '–' : grouped(text));
  const sign = SIGNS[changeSign ?? ''] ?? '';
  return [
    symbol,
    figure(price),
    `${sign}${grouped(change.replace(/^[-+]/, ''))}`,
    changeRate ?? '–',
    figure(open),
    figure(high),
    figure(low),
    figure(volume),
  ];
}

export async function candles({ app, alias, io, json, operands, options }: CommandContext): Promise<void> {
  const { from, to } = options;
  const interval: KisCandleInterval = chosen('--interval', CANDLE_INTERVALS, options['interval']) ?? '1d';
  const venue = chosen('--venue', VENUES, options['venue']);
  const adjusted = chosen('--adjusted', ADJUSTED, options['adjusted']) !== 'false';
  const account = app.get(KisConfiguration, { strict: false }).account(alias);
  const client = app.get(KisQuotationClient, { strict: false });
  const question = { interval, from, to, adjusted };
  const found = await withArguments(() =>
    client.candles(account, operands['symbol'] ?? '', question, { venue }),
  );
  const rows = found.candles.map(({ time, open, high, low, close, volume }) => [
    time,
    ...[open, high, low, close, volume].map(grouped),
  ]);
  const head = ['time', 'open', 'high', 'low', 'close', 'volume'];
  io.answer(json, found, rows.length === 0 ? 'There are no candles.\n' : table(head, rows));
  if (found.truncated !== null && !json)
    io.err(`KIS has data only from ${found.truncated} on; anything earlier is missing.\n`);
}
