import { join } from 'node:path';
import { RedisServer } from '../redis-server';
import type { SeededRandom } from '../../simulation/seeded-random';
import type { Span } from './history';
import type { Fault } from './faults';

/** A client finds out that Redis is back by trying again, at most every half second. */
const FOUND_AGAIN_MS = 1500;

/** Where the processes keep their tokens. */
export interface Topology {
  /** Each has a token directory of its own. */
  readonly machines: readonly string[];
  readonly processesEach: number;
  /** What all machines share; `null` where there is but one. */
  readonly redisUrl: string | null;
  /** What goes wrong here only. */
  readonly faults: readonly Fault[];
  /** When the machines could not reach what they share, or it had lost what it knew. */
  readonly outages: readonly Span[];
  close(): Promise<void>;
}

export const ONE_DIRECTORY: Topology = {
  machines: ['machine'],
  processesEach: 8,
  redisUrl: null,
  faults: [],
  outages: [],
  close: () => Promise.resolve(),
};

/** Three machines with one Redis, which crashes and hangs. When it is not durable, it comes back empty. */
export async function oneRedis(durable: boolean, random: SeededRandom): Promise<Topology> {
  const unreliable = new UnreliableRedis(await RedisServer.start({ durable, ownGroup: true }), random);
  return {
    machines: ['machine1', 'machine2', 'machine3'],
    processesEach: 3,
    redisUrl: unreliable.server.url,
    faults: [
      { often: 1, name: 'Redis killed', make: () => unreliable.crash() },
      { often: 1, name: 'Redis stopped', make: () => unreliable.hang() },
    ],
    outages: unreliable.outages,
    close: () => unreliable.server.stop(),
  };
}

class UnreliableRedis {
  readonly outages: Span[] = [];
  private turn: Promise<void> = Promise.resolve();

  constructor(
    readonly server: RedisServer,
    private readonly random: SeededRandom,
  ) {}

  crash(): Promise<void> {
    return this.away(async (time) => {
      await this.server.kill();
      await time;
      await this.server.restart();
    });
  }

  hang(): Promise<void> {
    return this.away(async (time) => {
      this.server.pause();
      await time;
      this.server.resume();
    });
  }

  /** One after the other: a server that is stopped cannot be started again. */
  private away(outage: (time: Promise<void>) => Promise<void>): Promise<void> {
    this.turn = this.turn.then(async () => {
      const from = Date.now();
      await outage(new Promise((resolve) => void setTimeout(resolve, this.random.between(50, 4000))));
      this.outages.push({ from, to: Date.now() + FOUND_AGAIN_MS });
    });
    return this.turn;
  }
}

export function directoryOf(base: string, machine: string): string {
  return join(base, machine, 'tokens');
}
