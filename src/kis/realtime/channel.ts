import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError, KisNotAvailableInMockError } from '../kis.errors';
import { DOMESTIC_SYMBOL } from '../protocol/inputs';
import { overseasSymbol, type KisVenue } from '../protocol/markets';
import {
  DOMESTIC_TR_IDS,
  isInMock,
  isNoticeTrId,
  OVERSEAS_TR_IDS,
  type SymbolTopic,
} from '../protocol/realtime-channels';
import type { KisRegistrationKey } from './session/raw-listener';

/** A channel of market data, and its registration at KIS. */
export interface MarketChannel extends KisRegistrationKey {
  readonly topic: SymbolTopic;
  /** The name in its one spelling: `trades:005930`, `book:005930@NXT`, `trades:NAS:AAPL`. */
  readonly name: string;
}

/** A channel of the orders of an account. */
export interface OrderChannel {
  readonly topic: 'orders';
  readonly name: string;
  readonly alias: string;
}

export type RealtimeChannel = MarketChannel | OrderChannel;

const TOPICS = Object.keys(DOMESTIC_TR_IDS) as SymbolTopic[];
const VENUES: readonly KisVenue[] = ['KRX', 'NXT', 'ALL'];
const RULE =
  'use trades:005930, book:005930@NXT (KRX, NXT or ALL), expected:005930, market:005930, trades:NAS:AAPL, book:NAS:AAPL or orders:<account>';

/** Parses the name of a channel. @throws KisInvalidRequestError that lists the valid forms. */
export function parseChannel(text: string): RealtimeChannel {
  const colon = text.indexOf(':');
  const [topic, rest] = [text.slice(0, colon), text.slice(colon + 1)];
  if (topic === 'orders' && /^[A-Za-z][A-Za-z0-9-]{0,30}$/.test(rest))
    return { topic, name: text, alias: rest };
  const known = TOPICS.find((each) => each === topic);
  const channel = known && (overseasChannel(known, rest) ?? domesticChannel(known, rest));
  if (!channel)
    throw new KisInvalidRequestError(`channels: "${text.slice(0, 40)}" is not a channel; ${RULE}.`);
  return channel;
}

/** @throws KisNotAvailableInMockError for a channel that KIS's mock host does not offer. */
export function mustBeOffered({ name, trId }: MarketChannel, { mode, alias }: KisAccount): void {
  if (mode === 'REAL' || isInMock(trId)) return;
  throw new KisNotAvailableInMockError(
    `KIS does not offer ${name} in mock trading (모의투자), so nothing was registered. Choose a REAL account instead of "${alias}".`,
  );
}

/** The channel name of a registration, for display; does not reveal an HTS id. */
export function channelName({ trId, trKey }: KisRegistrationKey): string {
  if (isNoticeTrId(trId)) return 'orders';
  for (const topic of TOPICS) {
    const venue = VENUES.find((each) => DOMESTIC_TR_IDS[topic][each] === trId);
    if (venue) return domesticName(topic, trKey, venue);
    if (OVERSEAS_TR_IDS[topic] === trId) return `${topic}:${trKey.slice(1, 4)}:${trKey.slice(4)}`;
  }
  return `${trId} ${trKey}`;
}

function overseasChannel(topic: SymbolTopic, text: string): MarketChannel | null {
  const [trId, stock] = [OVERSEAS_TR_IDS[topic], overseasSymbol(text)];
  if (!stock || trId === undefined) return null;
  // The free feed (D); its daytime session (R…) is not offered.
  return { topic, name: `${topic}:${text}`, trId, trKey: `D${stock.exchange}${stock.symbol}` };
}

function domesticChannel(topic: SymbolTopic, text: string): MarketChannel | null {
  const [code = '', at, ...more] = text.split('@');
  const venue = at === undefined ? 'KRX' : VENUES.find((each) => each === at);
  const trKey = /^A\d{6}$/.test(code) ? code.slice(1) : code;
  if (venue === undefined || more.length > 0 || !DOMESTIC_SYMBOL.test(trKey)) return null;
  return { topic, name: domesticName(topic, trKey, venue), trId: DOMESTIC_TR_IDS[topic][venue], trKey };
}

function domesticName(topic: SymbolTopic, symbol: string, venue: KisVenue): string {
  return `${topic}:${symbol}${venue === 'KRX' ? '' : `@${venue}`}`;
}
