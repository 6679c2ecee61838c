import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AccessPolicy } from '../common/access/access-policy';
import { AppConfig } from '../config/app-config';
import { KisClock, KisRealtimeSessions, type KisTradingMode } from '../kis';
import { isApprovalKeyOf } from './approval-key';
import { GatewayCallers, type GatewayCaller } from './gateway-callers';
import { routeOf } from './gateway-address';
import { acceptUpgrades } from './websocket-upgrades';
import { ProgramKeyStore } from './program-key-store';
import { ProgramSocket, type SocketServices } from './program-socket';
import { isNotices, pingPong, type Subject } from './socket-messages';

/** The websocket side of the gateway: the connections of all programs. */
@Injectable()
export class GatewaySockets implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Gateway');
  /** Created with the first connection, which loads `ws`. */
  private server: WebSocketServer | null = null;
  private readonly sockets = new Set<ProgramSocket>();
  private stopSupervision: (() => void) | null = null;
  private isStopping = false;
  private pingedAt = 0;
  /** By kind of warning and program: when it was last logged; monotonic milliseconds. */
  private readonly warnedAt = new Map<string, number>();

  constructor(
    private readonly config: AppConfig,
    private readonly access: AccessPolicy,
    private readonly callers: GatewayCallers,
    private readonly keys: ProgramKeyStore,
    private readonly sessions: KisRealtimeSessions,
    private readonly clock: KisClock,
  ) {}

  /**
   * Accepts websockets on a server.
   * @param modeOf the trading mode of a request target; `null` for one that is not the gateway's.
   */
  attach(server: Server, modeOf: (url: string) => KisTradingMode | null): void {
    const modeWith = ({ url = '/', headers }: IncomingMessage): KisTradingMode | null =>
      headers.upgrade?.toLowerCase() === 'websocket' ? modeOf(url) : null;
    acceptUpgrades(
      server,
      (request) => modeWith(request) !== null,
      (request, socket, head) => {
        const mode = modeWith(request);
        if (mode !== null) this.accept(mode, request, socket, head);
      },
    );
  }

  /** Accepts websockets at the address of the API. */
  attachToApi(server: Server): void {
    if (this.config.gateway.enabled) this.attach(server, (url) => routeOf(url)?.mode ?? null);
  }

  /** What a program has registered, over all its connections. */
  registrationsOf(name: string): Subject[] {
    const all = [...this.sockets].filter(({ caller }) => caller?.name === name);
    return all.flatMap(({ registrations }) => registrations.map(shown));
  }

  /** Refuses websockets from now on, because a program that reconnects at once would keep the server open. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    this.stopSupervision?.();
    for (const socket of this.sockets) socket.close();
    for (const client of this.server?.clients ?? []) client.terminate();
  }

  private accept(mode: KisTradingMode, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { headers, method = '', url = '/' } = request;
    const problem = this.isStopping
      ? STOPPING
      : this.access.problemWith({ raw: request, headers, method, url });
    if (problem) {
      refuseUpgrade(socket, problem);
      return;
    }
    this.server ??= new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: LONGEST_MESSAGE_BYTES,
    });
    this.server.handleUpgrade(request, socket, head, (client) => {
      const program = new ProgramSocket(mode, client, this.services);
      this.sockets.add(program);
      client.once('close', () => {
        this.sockets.delete(program);
      });
      if (!this.stopSupervision) this.supervise();
    });
  }

  private readonly services: SocketServices = {
    callerWith: async (mode, approvalKey) => {
      const now = this.clock.now();
      const all = await this.callers.all();
      return (
        all.find(
          ({ account, signingKey }) => account.mode === mode && isApprovalKeyOf(approvalKey, signingKey, now),
        ) ?? null
      );
    },
    session: ({ account }) => this.sessions.of(account),
    full: (caller, { trId }) => {
      const holders = [...this.sockets].flatMap((each) =>
        each.caller?.account.credential.id === caller.account.credential.id
          ? `${each.caller.name}: ${each.registrations.length}`
          : [],
      );
      this.warn(
        `full ${caller.name}`,
        `Program "${caller.name}" could not register ${trId}: KIS takes 41 registrations for a key. They are held by ${holders.join(', ')}, and by listeners of /api/stream and the notices about our own orders.`,
      );
    },
    unfit: (caller, { trId, count }) => {
      this.warn(
        `unfit ${caller.name}`,
        `A frame of ${trId} with ${count} record(s) does not fit into the layout ${caller.columns} of program "${caller.name}" and was not sent to it.`,
      );
    },
  };

  /** Rate-limited, because a program that retries without a pause must not fill the log. */
  private warn(about: string, text: string): void {
    const now = this.clock.monotonic();
    if (now - (this.warnedAt.get(about) ?? -Infinity) < WARN_EVERY_MS) return;
    this.warnedAt.set(about, now);
    this.logger.warn(text);
  }

  /** While there are connections: sends pings, and disconnects programs whose session was lost or whose key was removed. */
  private supervise(): void {
    this.stopSupervision = this.clock.background(CHECK_EVERY_MS, () => {
      this.stopSupervision = null;
      this.ping();
      this.dropLost();
      void this.dropRemoved().catch(() => undefined);
      if (this.sockets.size > 0) this.supervise();
    });
  }

  private ping(): void {
    const now = this.clock.monotonic();
    if (now - this.pingedAt < PING_EVERY_MS) return;
    this.pingedAt = now;
    const text = pingPong(this.clock.now());
    for (const socket of this.sockets) socket.send(text);
  }

  private dropLost(): void {
    const now = this.clock.now();
    for (const socket of this.sockets) {
      const { lostSince } = socket;
      if (lostSince !== null && now - lostSince > LONGEST_LOSS_MS) socket.drop();
    }
  }

  private async dropRemoved(): Promise<void> {
    const held = [...this.sockets].filter(({ caller }) => caller?.key);
    if (held.length === 0) return;
    const keys = await this.keys.all();
    const isThere = ({ key }: GatewayCaller): boolean => keys.some(({ keyHash }) => keyHash === key?.keyHash);
    for (const socket of held) if (socket.caller && !isThere(socket.caller)) socket.drop();
  }
}

const LONGEST_MESSAGE_BYTES = 65_536;
/** KIS's own interval is not known; official clients wait longer than this. */
const PING_EVERY_MS = 20_000;
const CHECK_EVERY_MS = 1000;
/** A program whose session at KIS is lost for longer is disconnected, as KIS would do. */
const LONGEST_LOSS_MS = 10_000;
const WARN_EVERY_MS = 60_000;

const STOPPING = { status: 503, title: 'Service Unavailable' } as const;

/** Ends the connection after the response even if the client does not close it: a stopping server waits for open ones. */
function refuseUpgrade(socket: Duplex, { status, title }: { status: number; title: string }): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** An HTS id is a login name, so it is shortened. */
function shown({ trId, trKey }: Subject): Subject {
  return { trId, trKey: isNotices(trId) ? `${trKey.slice(0, 2)}…` : trKey };
}
