import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AccessPolicy } from '../common/access/access-policy';
import { AppConfig } from '../config/app-config';
import { KisClock, KisRealtimeSessions, type KisTradingMode } from '../kis';
import { isApprovalKeyOf } from './approval-key';
import { GatewayCallers, type GatewayCaller } from './gateway-callers';
import { placeOf } from './gateway-address';
import { acceptUpgrades } from './optional-upgrades';
import { ProgramKeyStore } from './program-key-store';
import { ProgramSocket, type SocketDesk } from './program-socket';
import { isNotices, pingPong, type Subject } from './socket-messages';

/** The websocket side of the gateway: the connections of all programs. */
@Injectable()
export class GatewaySockets implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Gateway');
  /** Made with the first connection, which loads `ws`. */
  private server: WebSocketServer | null = null;
  private readonly sockets = new Set<ProgramSocket>();
  private stopLooking: (() => void) | null = null;
  private isStopping = false;
  private pingedAt = 0;
  /** By program and kind of warning, the time by the monotonic clock. */
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
   * @param modeOf the mode that an address belongs to; `null` for one that is none of the gateway's.
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

  /** At the address of the API. */
  attachToApi(server: Server): void {
    if (this.config.gateway.enabled) this.attach(server, (url) => placeOf(url)?.mode ?? null);
  }

  /** What a program has registered, over all its connections. */
  registrationsOf(name: string): Subject[] {
    const all = [...this.sockets].filter(({ caller }) => caller?.name === name);
    return all.flatMap(({ registrations }) => registrations.map(shown));
  }

  /** A program that connects again at once must not keep its server open: websockets are refused from now on. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    this.stopLooking?.();
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
      const program = new ProgramSocket(mode, client, this.desk);
      this.sockets.add(program);
      client.once('close', () => {
        this.sockets.delete(program);
      });
      if (!this.stopLooking) this.look();
    });
  }

  private readonly desk: SocketDesk = {
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

  /** A program that tries again without a pause must not fill the log. */
  private warn(about: string, text: string): void {
    const now = this.clock.monotonic();
    if (now - (this.warnedAt.get(about) ?? -Infinity) < WARN_EVERY_MS) return;
    this.warnedAt.set(about, now);
    this.logger.warn(text);
  }

  /** While there are connections: pings, sessions that are lost, keys that were removed. */
  private look(): void {
    this.stopLooking = this.clock.background(LOOK_EVERY_MS, () => {
      this.stopLooking = null;
      this.ping();
      this.dropLost();
      void this.dropRemoved().catch(() => undefined);
      if (this.sockets.size > 0) this.look();
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
const LOOK_EVERY_MS = 1000;
/** A program whose session at KIS was away for longer is disconnected, as KIS would. */
const LONGEST_LOSS_MS = 10_000;
const WARN_EVERY_MS = 60_000;

const STOPPING = { status: 503, title: 'Service Unavailable' } as const;

/** The connection ends with the response, whether the client closes it or not: a server waits for all that are open. */
function refuseUpgrade(socket: Duplex, { status, title }: { status: number; title: string }): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** An HTS id is a login. */
function shown({ trId, trKey }: Subject): Subject {
  return { trId, trKey: isNotices(trId) ? `${trKey.slice(0, 2)}…` : trKey };
}
