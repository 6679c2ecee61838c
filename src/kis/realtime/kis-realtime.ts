import { Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { KisInvalidRequestError, KisRegistrationsFullError } from '../kis.errors';
import { KisOrderTracker } from '../order/notice/kis-order.tracker';
import { MOST_REGISTRATIONS } from '../protocol/realtime-channels';
import { channelName, mustBeOffered, parseChannel, type MarketChannel, type OrderChannel } from './channel';
import { KisRealtimeSessions } from './kis-realtime.sessions';
import { MarketSubscription } from './market-subscription';
import { OrderFeed } from './order-feed';
import { KisRealtimeStream } from './realtime-stream';
import type { KisRegistrationAnswer } from './session/upstream';

/**
 * Real time: trades, order books and order events as they happen, over the one session that KIS allows per app key. All
 * methods may be called concurrently.
 *
 * ```ts
 * const stream = await realtime.open(['trades:005930', 'book:000660', 'orders:main']);
 * for await (const event of stream) console.log(event.type, event.data);
 * ```
 */
@Injectable()
export class KisRealtime {
  private readonly feeds = new Map<string, OrderFeed>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly sessions: KisRealtimeSessions,
    private readonly tracker: KisOrderTracker,
    private readonly clock: KisClock,
  ) {}

  /**
   * Listens to channels: `trades:005930`, `book:005930@NXT` (venue KRX, NXT or ALL), `expected:…`, `market:…`,
   * `trades:NAS:AAPL`, `book:NAS:AAPL`, `orders:main`. They are registered at KIS as long as there is a listener.
   *
   * @throws KisInvalidRequestError for an invalid channel; KisNotAvailableInMockError; KisAccountNotFoundError;
   *   KisRegistrationsFullError when they exceed KIS's 41 registrations. Nothing stays registered then.
   */
  async open(channels: readonly string[], options: KisRealtimeOptions = {}): Promise<KisRealtimeStream> {
    const parsed = uniqueChannels(channels);
    const account = options.account ?? this.configuration.account();
    const market = parsed.filter((channel): channel is MarketChannel => channel.topic !== 'orders');
    const orders = parsed.filter((channel): channel is OrderChannel => channel.topic === 'orders');
    for (const channel of market) mustBeOffered(channel, account);
    const feeds = orders.map(({ alias }) => this.feed(this.configuration.account(alias)));
    const stream = new KisRealtimeStream(this.clock);
    const answers = [
      ...feeds.map((feed) => this.follow(feed, stream, options.lastEventId)),
      ...(market.length > 0 ? [this.subscribe(market, account, stream)] : []),
    ];
    await this.mustFit(answers, account, stream);
    return stream;
  }

  /**
   * Follows the order notices of an account from now on until the process ends, with or without listeners. They take two of
   * the 41 registrations. Does nothing without an HTS id. A refusal is logged, and no new attempt is made for ten minutes.
   */
  followOrders(account: KisAccount): void {
    if (account.htsId !== '') void this.feed(account).begin();
  }

  private subscribe(
    channels: readonly MarketChannel[],
    account: KisAccount,
    stream: KisRealtimeStream,
  ): Promise<KisRegistrationAnswer[]> {
    const session = this.sessions.of(account);
    const subscription = new MarketSubscription(stream, channels, account, session, this.clock);
    stream.onClose(() => {
      subscription.close();
    });
    return subscription.register();
  }

  private async follow(
    feed: OrderFeed,
    stream: KisRealtimeStream,
    lastEventId: string | undefined,
  ): Promise<KisRegistrationAnswer[]> {
    const missed = lastEventId === undefined ? [] : feed.since(lastEventId);
    for (const event of missed) stream.push(event);
    stream.onClose(
      feed.listen((event) => {
        stream.push(event);
      }),
    );
    const answer = await feed.begin();
    const state = answer.ok ? 'subscribed' : 'refused';
    const detail = `${answer.code} ${answer.message}`.trim();
    if (answer.code !== 'PENDING') {
      stream.push({ type: 'status', data: { channel: feed.channel, state, detail } });
    }
    return [answer];
  }

  private async mustFit(
    answers: readonly Promise<KisRegistrationAnswer[]>[],
    account: KisAccount,
    stream: KisRealtimeStream,
  ): Promise<void> {
    let cancel = (): void => undefined;
    const soon = new Promise<[]>((resolve) => {
      cancel = this.clock.after(ANSWER_WAIT_MS, () => {
        resolve([]);
      });
    });
    const known = await Promise.all(answers.map((each) => Promise.race([each, soon])));
    cancel();
    const full = known.flat().find(({ code }) => code === FULL);
    if (!full) return;
    stream.close();
    // The process that has the session knows the registrations of all processes.
    const registered = (full.registered ?? this.sessions.of(account).registrations()).map(channelName);
    throw new KisRegistrationsFullError(
      `KIS allows ${MOST_REGISTRATIONS} registrations for an app key, which the requested channels exceed together with those that are registered already. Listen to fewer, or use another account's key.`,
      [...new Set(registered)],
    );
  }

  private feed(account: KisAccount): OrderFeed {
    if (account.htsId === '') {
      throw new KisInvalidRequestError(
        `channels: orders:${account.alias} needs the HTS id of the account's owner, under which KIS sends notices. Set ${this.configuration.nameOption('htsId', account.alias)}.`,
      );
    }
    const known = this.feeds.get(account.alias);
    if (known) return known;
    const feed = new OrderFeed(account, this.sessions.of(account), this.tracker, this.clock);
    this.feeds.set(account.alias, feed);
    return feed;
  }
}

/** How a stream is opened. */
export interface KisRealtimeOptions {
  /** The account whose app key is used for market data; default: the account that is used without an alias. */
  readonly account?: KisAccount;
  /** Id of the last order event that the listener has received: the events after it come first. */
  readonly lastEventId?: string;
}

/** KIS answers at once. Without a session there is no answer yet, and the stream reports it later. */
const ANSWER_WAIT_MS = 2000;
const FULL = 'OPSP0008';

function uniqueChannels(texts: readonly string[]): (MarketChannel | OrderChannel)[] {
  const channels = texts.map(parseChannel);
  if (channels.length === 0) throw new KisInvalidRequestError('channels: name at least one.');
  return [...new Map(channels.map((channel) => [channel.name, channel])).values()];
}
