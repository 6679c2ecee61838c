import { type KisHost } from '../message';
import { type Customers } from '../oauth/customers';
import { type Market } from '../market/market';
import { type Matching } from '../order/matching';
import { type OrderBook } from '../order/order-book';
import { type Random } from '../random';
import { Approvals } from './approvals';
import { SessionClaims } from './claims';
import { ConnectionLog } from './connection-log';
import { Feed } from './feed';
import { plainFrame } from './frames';
import { NoticeDesk } from './notice-desk';
import { type RealtimeSettings } from './realtime-settings';
import { Registrar } from './registrar';
import { RealtimeSession, type SocketPort } from './session';
import { isPingPong, pingPong, refusal } from './socket-messages';

/** The part of the brokerage that the websocket hosts need. */
export interface RealtimeSource {
  readonly settings: Readonly<RealtimeSettings>;
  readonly market: Market;
  readonly orders: OrderBook;
  readonly matching: Matching;
  readonly customers: Customers;
  readonly random: Random;
  now(): number;
}

const NORMAL = 1000;

/** All open websockets of both hosts. It works only while there are any. */
export class RealtimeHub {
  readonly approvals: Approvals;
  readonly log = new ConnectionLog();
  readonly claims: SessionClaims;
  private readonly open = new Set<RealtimeSession>();
  private readonly registrar: Registrar;
  private readonly feed: Feed;
  private readonly notices: NoticeDesk;
  private timer: NodeJS.Timeout | null = null;
  private count = 0;

  constructor(private readonly source: RealtimeSource) {
    const { settings, customers, random, market } = source;
    this.approvals = new Approvals(random);
    this.claims = new SessionClaims(settings, () => source.now());
    this.feed = new Feed(market, settings);
    this.notices = new NoticeDesk(source, () => this.sessions);
    this.registrar = new Registrar({
      ...{ settings, customers, random, approvals: this.approvals },
      claim: (appKey, session) => this.claims.take(appKey, session),
    });
    source.orders.onNotice((notice) => {
      this.notices.take(notice);
    });
  }

  now(): number {
    return this.source.now();
  }

  get sessions(): readonly RealtimeSession[] {
    return [...this.open];
  }

  connect(host: KisHost, socket: SocketPort): RealtimeSession {
    const now = this.source.now();
    this.count += 1;
    const session = new RealtimeSession(this.count, host, now, socket);
    this.open.add(session);
    this.log.opened(session, now);
    this.schedule();
    return session;
  }

  /** Handles a text of the client. */
  receive(session: RealtimeSession, text: string): void {
    const now = this.source.now();
    if (isPingPong(text)) {
      session.answered(now);
      return;
    }
    const answer = this.registrar.answer(session, text, now);
    this.log.requested(session, text, answer, now);
    if (answer !== null) this.send(session, answer);
    if (answer === refusal('OPSP8996')) this.refuse(session);
  }

  /** @param isClean whether there was a close frame */
  disconnect(session: RealtimeSession, isClean: boolean): void {
    if (!this.open.delete(session)) return;
    this.claims.leave(session, isClean);
    this.log.closed(session, this.source.now(), isClean);
  }

  /** Sends raw text, to all sessions or to those of an app key. @returns how many */
  broadcast(text: string, appKey: string | null): number {
    const meant = this.sessions.filter((session) => appKey === null || session.appKey === appKey);
    for (const session of meant) session.send(text);
    return meant.length;
  }

  /** Ends every connection. */
  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    for (const session of this.open) session.socket.terminate();
    this.open.clear();
  }

  clear(): void {
    this.stop();
    this.approvals.clear();
    this.claims.clear();
    this.notices.clear();
    this.log.clear();
  }

  /** Checks market and clock once and sends what is due. */
  look(): void {
    const now = this.source.now();
    this.source.matching.advance(now);
    this.notices.sendDue(now);
    for (const session of this.open) {
      this.push(session, now);
      this.ping(session, now);
    }
  }

  private refuse(session: RealtimeSession): void {
    session.isRefused = true;
    if (this.source.settings.refusedSessionCloses) session.socket.close(NORMAL, '');
  }

  private send(session: RealtimeSession, text: string): void {
    if (!this.source.settings.realtimeSilent) session.send(text);
  }

  private push(session: RealtimeSession, now: number): void {
    const { settings } = this.source;
    for (const registration of session.registrations.values()) {
      const records = this.feed.recordsFor(registration, now);
      if (records.length > 0) {
        this.send(session, plainFrame(registration.channel.trId, records, settings));
      }
    }
  }

  private ping(session: RealtimeSession, now: number): void {
    const { settings } = this.source;
    const { closeWithoutPongSeconds, pingSeconds, protocolPings } = settings;
    if (closeWithoutPongSeconds !== null && now - session.lastPongAt >= closeWithoutPongSeconds * 1000) {
      session.socket.terminate();
      return;
    }
    if (now - session.lastPingAt < pingSeconds * 1000) return;
    session.lastPingAt = now;
    if (settings.realtimeSilent) return;
    session.pings += 1;
    session.send(pingPong(now));
    if (protocolPings) session.socket.ping();
  }

  private schedule(): void {
    if (this.timer || this.open.size === 0) return;
    const { pushEveryMs, loadFramesPerSecond } = this.source.settings;
    const delay = loadFramesPerSecond > 0 ? 1000 / loadFramesPerSecond : pushEveryMs;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.look();
      this.schedule();
    }, delay);
    this.timer.unref();
  }
}
