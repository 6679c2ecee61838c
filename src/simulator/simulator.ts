import { Brokerage } from './brokerage';
import { DEMO_ACCOUNTS, type DemoAccount } from './demo';
import { SimulatedHost } from './host';
import { type KisHost } from './message';
import { type IssueRecord } from './oauth/issue-log';
import { type Random } from './random';
import { type RequestLog } from './request-log';
import { type SimulatorSettings } from './settings';
import { type OrderReport } from './order/order-book';

/** The ports at which KIS itself serves its two hosts. */
export const KIS_PORTS: Readonly<Record<KisHost, number>> = { real: 9443, mock: 29443 };

export interface SimulatorOptions {
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0: any free port; null: no such host; 9443 unless given. */
  readonly realPort?: number | null;
  /** 0: any free port; null: no such host; 29443 unless given. */
  readonly mockPort?: number | null;
  /** Epoch milliseconds; `Date.now` unless given. The only clock the brokerage goes by. */
  readonly now?: () => number;
  /** `Math.random` unless given. */
  readonly random?: Random;
  /** Settings to start with, and to come back to with `reset`. */
  readonly settings?: Partial<SimulatorSettings>;
}

/** A running brokerage. */
export interface Simulator {
  /** Address of the real host (실전투자), or null where it does not listen. */
  readonly realUrl: string | null;
  /** Address of the mock host (모의투자), or null where it does not listen. */
  readonly mockUrl: string | null;
  readonly demo: { readonly real: DemoAccount; readonly mock: DemoAccount };
  /** The settings of now; `update` changes them. */
  readonly settings: Readonly<SimulatorSettings>;
  /** Every request that reached the brokerage, the controls apart. */
  readonly requests: RequestLog;
  /** Every order that reached the book, in order, modifications and cancellations included. */
  readonly orders: readonly OrderReport[];
  /** Messages (알림톡) that customers of the real host would have got about issued tokens. */
  readonly kakaoMessages: number;
  /** Every tokenP request for a key, whatever became of it: the judge of "one a minute". */
  issuesOf(appKey: string): readonly IssueRecord[];
  /** The brokerage's time in epoch milliseconds. */
  now(): number;
  /** @throws InvalidSettingsError when any value is wrong; then nothing is changed. */
  update(change: Partial<SimulatorSettings>): void;
  /** The token is refused from now on (EGW00121). */
  killToken(token: string): void;
  /** Every token issued up to now is refused from now on, also those of earlier runs. */
  killAllTokens(): void;
  /** Back to the first settings and to an empty memory. Tokens are good again as far as they are signed. */
  reset(): void;
  /** Hangs up at once, also on waiting clients. Further calls do nothing. */
  stop(): Promise<void>;
}

/**
 * Starts the brokerage.
 * @throws Error that names the port and the variable to change, when a port cannot be had; its `cause` is the
 * error of the system (EADDRINUSE), and nothing listens then.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const brokerage = new Brokerage({
    demo: DEMO_ACCOUNTS,
    clock: options.now ?? Date.now,
    random: options.random ?? Math.random,
    settings: options.settings ?? {},
  });
  const { host: address = '127.0.0.1', realPort = KIS_PORTS.real, mockPort = KIS_PORTS.mock } = options;
  const real = await listen('real', address, realPort, brokerage);
  try {
    const mock = await listen('mock', address, mockPort, brokerage);
    return running(brokerage, real, mock);
  } catch (error) {
    await real?.stop();
    throw error;
  }
}

async function listen(
  kisHost: KisHost,
  address: string,
  port: number | null,
  brokerage: Brokerage,
): Promise<SimulatedHost | null> {
  return port === null ? null : SimulatedHost.listen({ kisHost, address, port, brokerage });
}

function running(brokerage: Brokerage, real: SimulatedHost | null, mock: SimulatedHost | null): Simulator {
  let stopped: Promise<unknown> | null = null;
  return {
    realUrl: real?.url ?? null,
    mockUrl: mock?.url ?? null,
    demo: DEMO_ACCOUNTS,
    settings: brokerage.settings,
    requests: brokerage.requests,
    get orders() {
      brokerage.matching.advance(brokerage.now());
      return brokerage.orders.reports;
    },
    get kakaoMessages() {
      return brokerage.kakaoMessages;
    },
    issuesOf: (appKey) => brokerage.issues.of(appKey),
    now: () => brokerage.now(),
    update: (change) => {
      brokerage.update(change);
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
      stopped ??= Promise.all([real?.stop(), mock?.stop()]);
      await stopped;
    },
  };
}
