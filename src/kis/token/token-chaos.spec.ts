import { Logger } from '@nestjs/common';
import { KisCredentialsRejectedError, KisTimeoutError, KisUnavailableError } from '../kis.errors';
import type { StoreFault } from '../../../test/support/kis/flaky-store';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { SeededRandom } from '../../../test/simulation/seeded-random';
import type { KisTokenService } from './kis-token.service';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const SEEDS = Array.from({ length: 16 }, (_, seed) => seed + 1);

const FAULTS: readonly (() => Error)[] = [
  () => new KisUnavailableError('KIS is down'),
  () => new KisTimeoutError('KIS is silent'),
  () => new KisCredentialsRejectedError('EGW00105'),
  () => new TypeError('a bug'),
];
const STORE_FAULTS: readonly StoreFault[] = ['rejects', 'full', 'forgetful', 'hangs'];

interface Chaos {
  readonly fixture: TokenServiceFixture;
  readonly random: SeededRandom;
  readonly processes: KisTokenService[];
}

/** Changes KIS for a while: how it fails, how long it takes, what it refuses. */
function disturbKis({ fixture, random }: Chaos): void {
  const error = random.oneOf(FAULTS);
  fixture.kis.fault = random.happens(0.5)
    ? () => {
        throw error();
      }
    : null;
  fixture.kis.latencyMs = random.oneOf([1, 100, 5 * SECOND, 19 * SECOND, 60 * SECOND]);
  fixture.kis.sameTokenMs = random.oneOf([0, 6 * HOUR]);
  fixture.kis.lifetimeMs = random.oneOf([24 * HOUR, 24 * HOUR, 20 * MINUTE, 30 * SECOND]);
  fixture.kis.refusesAll = random.happens(0.2);
}

function disturbToken({ fixture, random }: Chaos): void {
  const issued = fixture.kis.issues.at(-1)?.accessToken;
  if (issued && random.happens(0.5)) fixture.kis.revoked.add(issued);
  else void fixture.store.inner.remove(fixture.credential);
}

function disturbClock({ fixture, random }: Chaos): void {
  const size = random.oneOf([SECOND, MINUTE, HOUR, 9 * HOUR, 48 * HOUR]);
  if (random.happens(0.3)) fixture.clock.suspend(size);
  else fixture.clock.step(random.happens(0.5) ? size : -size);
}

/** Calls, sweeps and commands of all processes, and some time. */
async function live({ fixture, random, processes }: Chaos): Promise<void> {
  for (const each of processes) {
    fixture.tokens = each;
    if (random.happens(0.5)) void each.refreshDue();
    if (random.happens(0.1)) void each.refresh().catch(() => undefined);
    if (random.happens(0.02))
      void each.deleteToken('main', { revoke: random.happens(0.5) }).catch(() => undefined);
    const patience = AbortSignal.abort();
    if (random.happens(0.1)) void fixture.ask(patience).catch(() => undefined);
    void fixture.call().catch(() => undefined);
  }
  await fixture.clock.advance(random.between(0, 40) * SECOND);
}

/** The shortest time between two requests, in ms. */
function shortestGap(fixture: TokenServiceFixture): number {
  const gaps = fixture.kis.issues
    .slice(1)
    .map((issue, index) => issue.at - (fixture.kis.issues[index]?.at ?? 0));
  return Math.min(Infinity, ...gaps);
}

async function runScenario(chaos: Chaos, faults: readonly ((chaos: Chaos) => void)[]): Promise<void> {
  for (let step = 0; step < 150; step += 1) {
    if (chaos.random.happens(0.2)) chaos.random.oneOf(faults)(chaos);
    await live(chaos);
  }
}

describe('Whatever happens, requests for a token keep their distance', () => {
  it('with restarts, two processes, failures of KIS, refusals, deletions and clock steps', async () => {
    const broken: string[] = [];
    let asked = 0;
    for (const seed of SEEDS) {
      const fixture = new TokenServiceFixture();
      const chaos = {
        fixture,
        random: new SeededRandom(seed),
        processes: [fixture.tokens, fixture.another()],
      };
      const restart = ({ random, processes }: Chaos): void => {
        processes[random.whole(0, 1)] = fixture.another();
      };
      await runScenario(chaos, [disturbKis, disturbKis, disturbToken, disturbClock, restart]);
      asked += fixture.kis.asked;
      if (shortestGap(fixture) < MINUTE) broken.push(`seed ${seed}: ${shortestGap(fixture)} ms apart`);
    }
    expect(broken).toEqual([]);
    expect(asked).toBeGreaterThan(10 * SEEDS.length);
  });

  it('with a store that fails in every way under one process', async () => {
    const broken: string[] = [];
    for (const seed of SEEDS) {
      const fixture = new TokenServiceFixture();
      const chaos = { fixture, random: new SeededRandom(seed), processes: [fixture.tokens] };
      const disturbStore = ({ random }: Chaos): void => {
        fixture.store.fault = random.happens(0.5) ? random.oneOf(STORE_FAULTS) : 'none';
      };
      await runScenario(chaos, [disturbKis, disturbToken, disturbClock, disturbStore, disturbStore]);
      if (shortestGap(fixture) < MINUTE) broken.push(`seed ${seed}: ${shortestGap(fixture)} ms apart`);
    }
    expect(broken).toEqual([]);
  });

  it('and no rejection is left unhandled, also when listeners throw', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => {
      unhandled.push(reason);
    };
    process.on('unhandledRejection', listen);
    for (const seed of SEEDS.slice(0, 8)) {
      const fixture = new TokenServiceFixture();
      fixture.tokens.events.on('refreshFailed', () => {
        throw new Error('a bug of a listener');
      });
      const chaos = {
        fixture,
        random: new SeededRandom(1000 + seed),
        processes: [fixture.tokens, fixture.another()],
      };
      const disturbStore = ({ random }: Chaos): void => {
        fixture.store.fault = random.happens(0.5) ? random.oneOf(STORE_FAULTS) : 'none';
      };
      await runScenario(chaos, [disturbKis, disturbToken, disturbClock, disturbStore]);
      await fixture.during(
        Promise.all(chaos.processes.map((each) => each.beforeApplicationShutdown())),
        MINUTE,
      );
    }
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });
});
