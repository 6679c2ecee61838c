import { Brokerage } from './brokerage';
import { DEMO_ACCOUNTS, type DemoAccount } from './demo';
import { SimulatedHost } from './host';
import { type KisHost } from './message';
import { type IssueRecord } from './oauth/issue-log';
import { type Random } from './random';
import { type ConnectionEvent } from './realtime/connection-log';
import { SocketHost } from './realtime/socket-host';
import { type RequestLog } from './request-log';
import { type SimulatorSettings } from './settings';
import { type OrderReport } from './order/order-book';

/** The ports at which KIS itself serves its two hosts. */
export const KIS_PORTS: Readonly<Record<KisHost, number>> = { real: 9443, mock: 29443 };

/** The ports of KIS's websocket hosts. */
export const KIS_SOCKET_PORTS: Readonly<Record<KisHost, number>> = { real: 21_000, mock: 31_000 };

/** The ports, the clock and the initial state of a simulator. */
export interface SimulatorOptions {
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0: any free port; null: no such host; 9443 unless given. */
  readonly realPort?: number | null;
  /** 0: any free port; null: no such host; 29443 unless given. */
  readonly mockPort?: number | null;
  /** Port of the real websocket host; without one, websockets are served on `realPort` alone. */
  readonly realSocketPort?: number | null;
  /** Port of the mock websocket host; without one, websockets are served on `mockPort` alone. */
  readonly mockSocketPort?: number | null;
  /** Epoch milliseconds; `Date.now` unless given. The only clock the brokerage goes by. */
  readonly now?: () => number;
  /** `Math.random` unless given. */
  readonly random?: Random;
  /** The initial settings, which `reset` restores. */
  readonly settings?: Partial<SimulatorSettings>;
  /** A file that keeps orders across restarts; without one they end with the process. */
  readonly ordersFile?: string | null;
}

/** A running simulator of the brokerage, with controls for tests. */
export interface Simulator {
  /** Address of the real host (실전투자), or null where it does not listen. */
  readonly realUrl: string | null;
  /** Address of the mock host (모의투자), or null where it does not listen. */
  readonly mockUrl: string | null;
  /** Address for websockets at the real host, or null where there is none. Any path will do. */
  readonly realSocketUrl: string | null;
  /** Address for websockets at the mock host, or null where there is none. Any path will do. */
  readonly mockSocketUrl: string | null;
  readonly demo: { readonly real: DemoAccount; readonly mock: DemoAccount };
  /** The current settings; `update` changes them. */
  readonly settings: Readonly<SimulatorSettings>;
  /** Every request that reached the brokerage, except controls. */
  readonly requests: RequestLog;
  /** Every order that reached the book, in order, modifications and cancellations included. */
  readonly orders: readonly OrderReport[];
  /** Everything that happened on websockets: connections, registrations, refusals. */
  readonly socketEvents: readonly ConnectionEvent[];
  /** The number of messages (알림톡) that customers of the real host would have received about issued tokens. */
  readonly kakaoMessages: number;
  /** Every tokenP request for a key, whatever its outcome; shows whether "one a minute" was kept. */
  issuesOf(appKey: string): readonly IssueRecord[];
  /** The brokerage's time in epoch milliseconds. */
  now(): number;
  /** @throws InvalidSettingsError when any value is wrong; then nothing is changed. */
  update(change: Partial<SimulatorSettings>): void;
  /** Sends at once what is due on websockets, without waiting for the next look at the clock. */
  push(): void;
  /** The token is refused from now on (EGW00121). */
  killToken(token: string): void;
  /** Every token issued up to now is refused from now on, also those of earlier runs. */
  killAllTokens(): void;
  /** Restores the initial settings and an empty memory. Signed tokens become valid again. */
  reset(): void;
  /** Closes all connections at once, also those of waiting clients. Further calls do nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a simulator; resolves when all its hosts listen.
 * @throws Error that names the port and the variable to change, when it cannot listen on a port; its `cause` is the
 * error of the system (EADDRINUSE), and nothing listens then.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const brokerage = new Brokerage({
    demo: DEMO_ACCOUNTS,
    clock: options.now ?? Date.now,
    random: options.random ?? Math.random,
    settings: options.settings ?? {},
    ordersFile: options.ordersFile ?? null,
  });
  return running(brokerage, await openHosts(options, brokerage));
}

/** Everything that listens; the first two or four of KIS's hosts. */
interface Hosts {
  readonly real: SimulatedHost | null;
  readonly mock: SimulatedHost | null;
  readonly realSocket: SocketHost | null;
  readonly mockSocket: SocketHost | null;
}

/** All of them or none: those that already listen are stopped when one cannot. */
async function openHosts(options: SimulatorOptions, brokerage: Brokerage): Promise<Hosts> {
  const { host: address = '127.0.0.1', realPort = KIS_PORTS.real, mockPort = KIS_PORTS.mock } = options;
  const { realSocketPort = null, mockSocketPort = null } = options;
  const opened: { stop(): Promise<void> }[] = [];
  const kept = <Host extends { stop(): Promise<void> }>(host: Host): Host => {
    opened.push(host);
    return host;
  };
  const rest = async (kisHost: KisHost, port: number | null) =>
    port === null ? null : kept(await SimulatedHost.listen({ kisHost, address, port, brokerage }));
  const socket = async (kisHost: KisHost, port: number | null) =>
    port === null
      ? null
      : kept(await SocketHost.listen({ kisHost, address, port, sockets: brokerage.sockets }));
  try {
    return {
      real: await rest('real', realPort),
      mock: await rest('mock', mockPort),
      realSocket: await socket('real', realSocketPort),
      mockSocket: await socket('mock', mockSocketPort),
    };
  } catch (error) {
    await Promise.all(opened.map((host) => host.stop()));
    throw error;
  }
}

function running(brokerage: Brokerage, { real, mock, realSocket, mockSocket }: Hosts): Simulator {
  let stopped: Promise<unknown> | null = null;
  return {
    realUrl: real?.url ?? null,
    mockUrl: mock?.url ?? null,
    realSocketUrl: realSocket?.url ?? socketUrlOf(real),
    mockSocketUrl: mockSocket?.url ?? socketUrlOf(mock),
    demo: DEMO_ACCOUNTS,
    settings: brokerage.settings,
    requests: brokerage.requests,
    get orders() {
      brokerage.matching.advance(brokerage.now());
      return brokerage.orders.reports;
    },
    get socketEvents() {
      return brokerage.realtime.log.all;
    },
    get kakaoMessages() {
      return brokerage.kakaoMessages;
    },
    issuesOf: (appKey) => brokerage.issues.of(appKey),
    now: () => brokerage.now(),
    update: (change) => {
      brokerage.update(change);
    },
    push: () => {
      brokerage.realtime.look();
    },
    killToken: (token) => {
      brokerage.tokens.kill(token);
    },
    killAllTokens: () => {
      brokerage.tokens.killAll(brokerage.now());
    },
    reset: () => {
      brokerage.reset();
    },
    stop: async () => {
      brokerage.realtime.stop();
      stopped ??= Promise.all([real, mock, realSocket, mockSocket].map(async (host) => host?.stop()));
      await stopped;
    },
  };
}

/** Websockets are served on the port of the other calls, too. */
function socketUrlOf(host: SimulatedHost | null): string | null {
  return host && host.url.replace(/^http/, 'ws');
}
