import { americanPhase } from '../market/american-sessions';
import { expectedTrade } from '../market/book';
import { type DomesticStock, domesticStock } from '../market/domestic-stocks';
import { isAmerican } from '../market/exchanges';
import { krxPhase } from '../market/korean-sessions';
import { type Market } from '../market/market';
import { type OverseasStock, overseasStock } from '../market/overseas-stocks';
import { type Print, printAt } from '../market/tape';
import { bookColumns } from './book-columns';
import { type Channel } from './channels';
import { type Columns } from './frames';
import { layoutAt } from './layouts';
import { type OverseasSession, overseasBookColumns, overseasTrade } from './overseas-columns';
import { type RealtimeSettings } from './realtime-settings';
import { type Cipher } from './socket-messages';
import { expectationColumns, stateColumns } from './state-columns';
import { tradeColumns } from './trade-columns';

/** Something a session has registered for. */
export interface Registration {
  readonly channel: Channel;
  readonly key: string;
  readonly cipher: Cipher;
  /** Everything up to this instant has been sent. */
  sentUpTo: number;
}

/** Codes of the daytime session of the United States. */
const DAYTIME: Readonly<Record<string, string>> = { BAQ: 'NAS', BAY: 'NYS', BAA: 'AMS' };

/** Creates the records that have not been sent to a registration yet. */
export class Feed {
  constructor(
    private readonly market: Market,
    private readonly settings: Readonly<RealtimeSettings>,
  ) {}

  recordsFor(registration: Registration, now: number): Columns[] {
    const from = registration.sentUpTo;
    if (now <= from) return [];
    registration.sentUpTo = now;
    const { topic } = registration.channel;
    if (topic === 'overseasTrades' || topic === 'overseasBook') return this.overseas(registration, from, now);
    const stock = domesticStock(registration.key);
    if (!stock) return [];
    switch (topic) {
      case 'trades':
        return this.trades(registration, stock, from, now);
      case 'book':
        return this.book(registration, stock, now);
      case 'expectation':
        return this.expectation(stock, now);
      case 'state':
        return this.state(stock, from, now);
      default:
        return [];
    }
  }

  private get isLoad(): boolean {
    return this.settings.loadFramesPerSecond > 0;
  }

  /** Trades since the last look, in as many records as the settings say; none if nothing was traded. */
  private trades({ channel }: Registration, stock: DomesticStock, from: number, now: number): Columns[] {
    const { recordsPerFrame } = this.settings;
    const records: Columns[] = [];
    let before = this.printOf(channel, stock, from);
    for (let index = 1; index <= recordsPerFrame; index += 1) {
      const at = Math.round(from + ((now - from) * index) / recordsPerFrame);
      const print = this.printOf(channel, stock, at);
      if (!print) continue;
      before ??= { ...print, volume: Math.max(0, print.volume - 1) };
      if (print.volume > before.volume || this.isLoad) {
        const earlier = { ...before, volume: Math.min(before.volume, print.volume - 1) };
        records.push(
          tradeColumns(this.market, { stock, at, print, before: earlier }, layoutAt(this.settings, at)),
        );
        before = print;
      }
    }
    return records;
  }

  private book({ channel }: Registration, stock: DomesticStock, now: number): Columns[] {
    const print = this.printOf(channel, stock, now);
    if (!print) return [];
    const moment = { stock, venue: channel.venue, at: now, print };
    return [bookColumns(this.market, moment, layoutAt(this.settings, now), this.settings)];
  }

  private expectation(stock: DomesticStock, now: number): Columns[] {
    const expected = expectedTrade(this.market, stock, now);
    return expected ? [expectationColumns(this.market, stock, expected, now)] : [];
  }

  /** A phase is announced when it begins, except the one at the time of the registration. */
  private state(stock: DomesticStock, from: number, now: number): Columns[] {
    const phase = krxPhase(this.market, now);
    const isNew = phase !== krxPhase(this.market, from);
    const columns = isNew ? stateColumns(this.market, stock, phase, this.settings) : null;
    return columns ? [columns] : [];
  }

  private overseas({ channel, key }: Registration, from: number, now: number): Columns[] {
    const stock = stockOfKey(key);
    const session = stock && this.overseasSession(stock, key, now);
    if (!stock || !session) return [];
    const traded = this.market.volume(stock, now) - this.market.volume(stock, from);
    const moment = { stock, key, at: now, quantity: Math.max(1, traded) };
    if (channel.topic === 'overseasBook') return [overseasBookColumns(this.market, moment, this.settings)];
    return [overseasTrade(this.market, moment, session)];
  }

  /** Null while nothing is traded; the daytime session has keys of its own. */
  private overseasSession(stock: OverseasStock, key: string, now: number): OverseasSession | null {
    if (this.isLoad || this.market.isAlwaysOpen) return '1';
    if (!isAmerican(stock.exchange)) {
      const { progress, hasOpened, step } = this.market.momentOf(stock.place, now);
      return hasOpened && progress < 1 && step > 0 ? '1' : null;
    }
    const phase = americanPhase(this.market, now);
    if (phase === 'daytime') return key.slice(1, 4) in DAYTIME ? '1' : null;
    return {
      regular: '1' as const,
      preMarket: '2' as const,
      afterMarket: '3' as const,
      extended: '3' as const,
      closed: null,
    }[phase];
  }

  private printOf({ venue }: Channel, stock: DomesticStock, at: number): Print | null {
    const print = printAt(this.market, stock, venue, at);
    if (print || !this.isLoad) return print;
    return {
      price: this.market.price(stock, at),
      volume: this.market.volume(stock, at) + 1,
      value: 1,
      session: '2',
    };
  }
}

/** The stock of a key such as DNASAAPL or RBAQAAPL. */
function stockOfKey(key: string): OverseasStock | undefined {
  const code = key.slice(1, 4);
  return overseasStock(DAYTIME[code] ?? code, key.slice(4));
}
