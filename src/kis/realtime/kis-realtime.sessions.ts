import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AccountLogger } from '../account-logger';
import { KisClock, KisRandom } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { ApprovalKeys } from './session/approval-keys';
import type { ConnectionHandlers, ConnectionPorts } from './session/connection-ports';
import { serveFollower } from './link/link-server';
import { LinkUpstream } from './link/link-upstream';
import type { RawFrame } from './frame/frame';
import { KisRealtimeSession } from './session/realtime-session';
import { RealtimeStore } from './claim/realtime-store';
import { SessionClaims } from './claim/session-claims';
import { SessionConnection } from './session/session-connection';
import { WebSocketUpstream } from './session/websocket-upstream';

/** The realtime sessions of this process: one per app key, shared by all listeners. */
@Injectable()
export class KisRealtimeSessions implements OnApplicationShutdown {
  private readonly logger = new AccountLogger('Realtime');
  private readonly sessions = new Map<string, KisRealtimeSession>();
  private readonly connections: SessionConnection[] = [];
  private readonly approvals: ApprovalKeys;
  private readonly me = randomUUID();
  private readonly unreadable = new Map<string, number>();
  /** By TR id: when its last warning was logged; monotonic milliseconds. */
  private readonly warnedAt = new Map<string, number>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly store: RealtimeStore,
    private readonly clock: KisClock,
    private readonly random: KisRandom,
  ) {
    this.approvals = new ApprovalKeys(configuration, store, clock);
  }

  /** The session of an account's app key; accounts with the same credential share it. Nothing is connected yet. */
  of(account: KisAccount): KisRealtimeSession {
    const { id } = account.credential;
    const known = this.sessions.get(id);
    if (known) return known;
    const session = new KisRealtimeSession({
      clock: this.clock,
      connection: (handlers) => this.connection(account, handlers),
      onUnreadable: (frame, reason) => {
        this.countUnreadable(account, frame, reason);
      },
    });
    this.sessions.set(id, session);
    return session;
  }

  /** Frames that could not be read, by TR id, since the start of this process. */
  get unreadableFrames(): ReadonlyMap<string, number> {
    return this.unreadable;
  }

  /** Gives up all sessions, so that other processes can take them at once. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
  }

  private connection(account: KisAccount, handlers: ConnectionHandlers): SessionConnection {
    const { credential } = account;
    const claims = new SessionClaims(this.store, credential, this.random, this.me);
    const connection = new SessionConnection(credential, claims, this.ports(account), handlers, this.clock);
    this.connections.push(connection);
    return connection;
  }

  private ports(account: KisAccount): ConnectionPorts {
    const { clock } = this;
    const { proxies } = this.configuration;
    const links = this.store.links(account.credential);
    return {
      approvalKey: (refused) => this.approvals.get(account.credential, refused),
      connect: (approvalKey, handlers) => {
        const url = pathOf(account.websocketUrl);
        return new WebSocketUpstream({ url, approvalKey, proxies, clock }, handlers);
      },
      join: (link, handlers) => new LinkUpstream(links, link, handlers, clock),
      listen: () => links.listen((channel) => serveFollower(this.of(account), channel, clock)),
      dismiss: () => {
        links.close();
      },
    };
  }

  private countUnreadable({ credential }: KisAccount, { trId, count }: RawFrame, reason: string): void {
    this.unreadable.set(trId, (this.unreadable.get(trId) ?? 0) + 1);
    const now = this.clock.monotonic();
    if (now - (this.warnedAt.get(trId) ?? -Infinity) < WARN_EVERY_MS) return;
    this.warnedAt.set(trId, now);
    this.logger.warn(
      credential,
      `A frame of ${trId} with ${count} record(s) cannot be read: ${reason}. It is skipped and counted (kis_realtime_unreadable_frames_total). If it lasts, KIS has changed its layout and this program needs an update.`,
    );
  }
}

/** At most one warning about unreadable frames of a TR id in this time. */
const WARN_EVERY_MS = 60_000;

/** The path of the official samples; KIS serves any. */
function pathOf(host: URL): URL {
  const url = new URL(host);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/tryitout`;
  return url;
}
