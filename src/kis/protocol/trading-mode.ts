/** `MOCK` is 모의투자 (paper trading), `REAL` is 실전투자. A key belongs to one of them. */
export type KisTradingMode = 'MOCK' | 'REAL';

interface ModeFacts {
  /** REST host; KIS portal, 접근토큰발급(P), and the official samples' `kis_devlp.yaml`. */
  readonly origin: string;
  /** Websocket host, without TLS; official samples, `kis_devlp.yaml` (ops, vops). */
  readonly websocketOrigin: string;
  /** The mock host takes 7–10 s for a token or a balance (measured by third parties, 2026-08). */
  readonly requestTimeoutMs: number;
  /** Calls per second for one app key; notice of the KIS portal, 2026-04-20. */
  readonly requestsPerSecond: number;
}

/** Where each mode is, and its limits. Source: KIS Developers portal, hosts and 유량 (rate limits). */
export const TRADING_MODES: Readonly<Record<KisTradingMode, ModeFacts>> = {
  MOCK: {
    origin: 'https://openapivts.koreainvestment.com:29443',
    websocketOrigin: 'ws://ops.koreainvestment.com:31000',
    requestTimeoutMs: 20_000,
    requestsPerSecond: 1,
  },
  REAL: {
    origin: 'https://openapi.koreainvestment.com:9443',
    websocketOrigin: 'ws://ops.koreainvestment.com:21000',
    requestTimeoutMs: 10_000,
    requestsPerSecond: 18,
  },
};
