import { request } from 'node:http';
import { type DemoAccount } from '../../../src/simulator/demo';
import { type KisHost } from '../../../src/simulator/message';
import { type SimulatorSettings } from '../../../src/simulator/settings';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator';

/** An answer as it came over the wire. */
export interface Heard {
  readonly status: number;
  /** Header names in the case of the wire, with their values. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Row = Readonly<Record<string, string>>;

/** Monday, 2026-11-23 10:00:00 in Korea. */
export const MONDAY_TEN = Date.parse('2026-11-23T01:00:00.000Z');

const BALANCE = '/uapi/domestic-stock/v1/trading/inquire-balance';

/** The query of the official sample for the domestic balance, in its order. */
export const BALANCE_QUERY = {
  AFHR_FLPR_YN: 'N',
  OFL_YN: '',
  INQR_DVSN: '01',
  UNPR_DVSN: '01',
  FUND_STTL_ICLD_YN: 'N',
  FNCG_AMT_AUTO_RDPT_YN: 'N',
  PRCS_DVSN: '00',
  CTX_AREA_FK100: '',
  CTX_AREA_NK100: '',
};

/** A simulator on free ports, with a clock that only moves when a test moves it. */
export class TestSimulator {
  private constructor(
    readonly simulator: Simulator,
    private readonly clock: { now: number },
  ) {}

  static async open(
    settings: Partial<SimulatorSettings> = {},
    options: SimulatorOptions = {},
  ): Promise<TestSimulator> {
    const clock = { now: MONDAY_TEN };
    // Roomy limits: with a clock that stands still, every call of a test falls into one second.
    const roomy = { realPerSecond: 1000, mockPerSecond: 1000, ...settings };
    const simulator = await startSimulator({
      realPort: 0,
      mockPort: 0,
      now: () => clock.now,
      ...options,
      settings: roomy,
    });
    return new TestSimulator(simulator, clock);
  }

  get now(): number {
    return this.clock.now;
  }

  pass(seconds: number): void {
    this.clock.now += seconds * 1000;
  }

  close(): Promise<void> {
    return this.simulator.stop();
  }

  ask(host: KisHost, path: string, asked: Asked = {}): Promise<Heard> {
    const base = host === 'real' ? this.simulator.realUrl : this.simulator.mockUrl;
    return ask(`${base ?? ''}${path}`, asked);
  }

  demo(host: KisHost): DemoAccount {
    return this.simulator.demo[host];
  }

  /** A tokenP request as the official client sends it. */
  requestToken(host: KisHost, account: Keys = this.demo(host), change: object = {}): Promise<Heard> {
    const body = {
      grant_type: 'client_credentials',
      appkey: account.appKey,
      appsecret: account.appSecret,
      ...change,
    };
    return this.ask(host, '/oauth2/tokenP', { method: 'POST', body });
  }

  async token(host: KisHost, account: Keys = this.demo(host)): Promise<string> {
    const { status, json } = await this.requestToken(host, account);
    if (status !== 200) throw new Error(`no token: ${JSON.stringify(json)}`);
    return String(json['access_token']);
  }

  /** A token for each host. */
  async tokens(): Promise<Record<KisHost, string>> {
    return { real: await this.token('real'), mock: await this.token('mock') };
  }

  /** A call for an account with good headers, which the test may spoil. */
  inquire(
    host: KisHost,
    path: string,
    trId: string,
    token: string,
    { query = {}, headers = {}, ...rest }: Asked = {},
  ): Promise<Heard> {
    const account = this.demo(host);
    return this.ask(host, path, {
      ...rest,
      headers: { ...credentials(account, token), tr_id: trId, custtype: 'P', tr_cont: '', ...headers },
      query: { CANO: account.accountNumber, ACNT_PRDT_CD: account.accountCode, ...query },
    });
  }

  balance(host: KisHost, token: string, asked: Asked = {}): Promise<Heard> {
    const query = { ...BALANCE_QUERY, ...asked.query };
    return this.inquire(host, BALANCE, host === 'real' ? 'TTTC8434R' : 'VTTC8434R', token, {
      ...asked,
      query,
    });
  }
}

type Keys = Pick<DemoAccount, 'appKey' | 'appSecret'>;

export function credentials({ appKey, appSecret }: Keys, token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, appkey: appKey, appsecret: appSecret };
}

/** Sends a request and hears the whole answer. */
export function ask(url: string, { method = 'GET', headers = {}, query, body }: Asked = {}): Promise<Heard> {
  const target = query ? `${url}?${new URLSearchParams(query).toString()}` : url;
  return new Promise((resolve, reject) => {
    const sent = request(target, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: rawHeaders(response.rawHeaders),
          text,
          json: parsed(text),
        });
      });
    });
    sent.on('error', reject);
    sent.end(typeof body === 'object' ? JSON.stringify(body) : body);
  });
}

export function rowsOf(heard: Heard, output = 'output1'): readonly Row[] {
  return heard.json[output] as readonly Row[];
}

export function objectOf(heard: Heard, output: string): Row {
  return heard.json[output] as Row;
}

/** The columns of the domestic account's sums. */
export function summaryOf(heard: Heard): Row {
  return rowsOf(heard, 'output2')[0] ?? {};
}

export function sum(rows: readonly Row[], column: string): number {
  return rows.reduce((total, row) => total + Number(row[column]), 0);
}

/** A well-formed key pair that has not been used yet. */
export function strangerKeys(name: string): Keys {
  return { appKey: `PS${name}`.padEnd(36, 'x'), appSecret: `secret of ${name} `.padEnd(180, 'y') };
}

function rawHeaders(flat: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < flat.length; index += 2) headers.set(flat[index] ?? '', flat[index + 1] ?? '');
  return headers;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
