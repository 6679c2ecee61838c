import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleJwt } from '../../../src/kis/testing/sample-tokens';
import type { SeededRandom } from '../../simulation/seeded-random';
import type { Arrival, Issue, Refusal } from './history';

/** What may become of a token request. The last four lose the answer or are late with it, after the token was made. */
const MISHAPS = ['http500', 'EGW00133', 'reset', 'hang', 'half', 'slow'] as const;
type Mishap = (typeof MISHAPS)[number];

/**
 * Tokens say that they were issued so long ago, as one that KIS hands out again does: a refused token is replaced only
 * when it is a minute old, and here none started much longer.
 */
const AGED_MS = 70_000;
const SLOW_MS = 1500;

export interface IssuerRules {
  readonly lifetimeMs: number;
  readonly latencyMs: number;
}

/** A brokerage that records what it saw and answers token requests with the faults that are set. */
export class ChaosIssuer {
  readonly arrivals: Arrival[] = [];
  readonly issues = new Map<string, Issue>();
  readonly refusals: Refusal[] = [];
  calls = 0;
  /** How likely a token request goes wrong. */
  badness = 0;
  /** Called for each token request when it arrives, and again when it has been answered. */
  onRequest: (by: string, moment: 'arrived' | 'answered') => void = () => undefined;
  /** By key the fingerprint of the token that was issued last. */
  private readonly newest = new Map<string, string>();
  /** Keys whose newest token is in use. Before that all goes well: without a token a failure costs a minute's wait. */
  private readonly served = new Set<string>();
  private readonly server = createServer((request, response) => {
    // Who asks may be killed in the middle of its request.
    this.receive(request, response, Date.now()).catch(() => response.destroy());
  });

  constructor(
    private readonly random: SeededRandom,
    private readonly rules: IssuerRules,
  ) {}

  /** Resolves with its address. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Refuses the newest token of a key from now on. */
  kill(key: string): void {
    const token = this.newest.get(key) ?? '';
    const issue = this.issues.get(token);
    this.served.delete(key);
    if (issue) this.issues.set(token, { ...issue, killedAt: Date.now() });
  }

  private async receive(request: IncomingMessage, response: ServerResponse, at: number): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.url?.startsWith('/oauth2/tokenP')) await this.answerTokenRequest(body, response, at);
    else this.answerCall(request, response);
  }

  private async answerTokenRequest(body: string, response: ServerResponse, at: number): Promise<void> {
    const { appkey, appsecret: by } = JSON.parse(body) as { appkey: string; appsecret: string };
    const key = aliasOf(appkey);
    const mishap =
      this.served.has(key) && this.random.happens(this.badness) ? this.random.oneOf(MISHAPS) : null;
    this.arrivals.push({ key, by, at, answer: mishap === null || mishap === 'slow' ? 'token' : mishap });
    this.onRequest(by, 'arrived');
    await pause(this.rules.latencyMs + (mishap === 'slow' ? SLOW_MS : 0));
    this.answer(response, mishap, mishap === 'http500' || mishap === 'EGW00133' ? '' : this.issue(appkey));
    this.onRequest(by, 'answered');
  }

  private answer(response: ServerResponse, mishap: Mishap | null, text: string): void {
    if (mishap === 'reset') response.destroy();
    else if (mishap === 'half') response.write(text.slice(0, 50), () => response.destroy());
    else if (mishap === 'http500') send(response, 500, refusal('EGW00002'));
    else if (mishap === 'EGW00133') send(response, 403, refusal('EGW00133'));
    else if (mishap !== 'hang') response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  }

  private issue(appKey: string): string {
    const now = Date.now();
    const seconds = Math.floor(this.rules.lifetimeMs / 1000);
    const exp = Math.floor(now / 1000) + seconds;
    const iat = Math.floor((now - AGED_MS) / 1000);
    const token = sampleJwt({ jti: appKey, iat, exp, aud: String(this.issues.size) });
    const key = aliasOf(appKey);
    this.issues.set(fingerprintOf(token), { key, issuedAt: now, expiresAt: exp * 1000, killedAt: Infinity });
    this.newest.set(key, fingerprintOf(token));
    return JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: seconds });
  }

  private answerCall(request: IncomingMessage, response: ServerResponse): void {
    this.calls += 1;
    const token = fingerprintOf(String(request.headers.authorization).replace('Bearer ', ''));
    const issue = this.issues.get(token);
    const now = Date.now();
    if (issue && now < issue.expiresAt && now < issue.killedAt) {
      if (this.newest.get(issue.key) === token) this.served.add(issue.key);
      send(response, 200, { rt_cd: '0', msg_cd: 'MCA00000', msg1: '', output: {} });
      return;
    }
    this.refusals.push({ by: String(request.headers['appsecret']), token, at: now });
    const expired = issue !== undefined && now >= issue.expiresAt;
    send(response, 500, {
      rt_cd: '1',
      msg_cd: expired ? 'EGW00123' : 'EGW00121',
      msg1: '유효하지 않은 token',
    });
  }
}

/** An app key for each alias; the first ten characters tell the files apart. */
export function appKeyOf(alias: string): string {
  return `PS${alias}`.padEnd(10, '-').padEnd(36, '0');
}

function aliasOf(appKey: string): string {
  return appKey.slice(2, 10).replace(/-+$/, '');
}

function fingerprintOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}

function refusal(code: string): object {
  return { error_code: code, error_description: '잠시 후 다시 시도하세요' };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
