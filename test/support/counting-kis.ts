import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  readonly who: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** What arrived within a few seconds. */
export interface Stretch {
  /** How much of the limit was used, 1 for all of it. */
  readonly usage: number;
  /** The most calls in any 1,000 ms. */
  readonly busiestSecond: number;
}

/** A brokerage that issues a token on every request, answers every call, and records who called when. */
export class CountingKis {
  readonly arrivals: Arrival[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    response.setHeader('content-type', 'application/json');
    if (pathname.startsWith('/oauth2/')) {
      response.end('{"access_token":"of-the-counting-kis","token_type":"Bearer","expires_in":86400}');
      return;
    }
    this.arrivals.push({ who: searchParams.get('who') ?? '', at: performance.now() });
    for (const look of this.waiting) look();
    response.end('{"rt_cd":"0","output":{}}');
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Resolves at the arrival with which something has become true. */
  async until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isTrue()) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
    });
  }

  /** Resolves when all of these have called since now. */
  async allCalled(names: readonly string[]): Promise<void> {
    const since = this.arrivals.length;
    await this.until(() => {
      const seen = new Set(this.arrivals.slice(since).map(({ who }) => who));
      return names.every((name) => seen.has(name));
    });
  }

  /** What came before does not count. */
  forget(): void {
    this.arrivals.length = 0;
  }

  /** Watches from one arrival on and for so many seconds' worth of calls; then resolves. */
  async stretch(limit: number, seconds: number): Promise<Stretch> {
    const first = this.arrivals.length;
    const usage = await this.usage(limit, seconds);
    return { usage, busiestSecond: this.busiestSecondFrom(first) };
  }

  /** How much of `limit` a second is used, from one arrival on and for so many seconds' worth of calls; then resolves. */
  async usage(limit: number, seconds: number): Promise<number> {
    const first = this.arrivals.length;
    const last = first + limit * seconds;
    await this.until(() => this.arrivals.length > last);
    return (seconds * 1000) / this.since(first, last);
  }

  private busiestSecondFrom(begin: number): number {
    let most = 0;
    for (let first = begin, last = begin; last < this.arrivals.length; last += 1) {
      while (this.since(first, last) >= 1000) first += 1;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  private since(first: number, last: number): number {
    return (this.arrivals[last]?.at ?? Infinity) - (this.arrivals[first]?.at ?? 0);
  }
}
