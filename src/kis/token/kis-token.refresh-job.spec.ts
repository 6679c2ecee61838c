import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { KisConfiguration, type KisOptions } from '../kis.options';
import {
  FIXTURE_ACCOUNT,
  HOUR,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';
import { KisTokenRefreshJob } from './kis-token.refresh-job';

const NAME = 'kis-token-refresh';

beforeAll(() => {
  Logger.overrideLogger(false);
});

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
});

afterEach(() => {
  jest.useRealTimers();
});

function jobFor(
  fixture: TokenServiceFixture,
  options: Partial<KisOptions> = {},
  scheduler = new SchedulerRegistry(),
) {
  const configuration = new KisConfiguration({ accounts: [FIXTURE_ACCOUNT], ...options });
  return { scheduler, job: new KisTokenRefreshJob(fixture.tokens, configuration, scheduler) };
}

describe('KisTokenRefreshJob', () => {
  it('looks at once, and then every thirty seconds', async () => {
    const fixture = new TokenServiceFixture();
    const { job } = jobFor(fixture);
    job.onApplicationBootstrap();
    await fixture.clock.advance(SECOND);
    expect(fixture.kis.asked).toBe(1);
    await fixture.clock.advance(22.5 * HOUR);
    jest.advanceTimersByTime(29_999);
    await fixture.clock.advance(SECOND);
    expect(fixture.kis.asked).toBe(1);
    jest.advanceTimersByTime(1);
    await fixture.clock.advance(SECOND);
    expect(fixture.kis.asked).toBe(2);
    job.onModuleDestroy();
  });

  it.each([
    [5, 5000],
    [30, 30_000],
    [60, 60_000],
    [3600, 60_000],
  ])('asked to look every %i s has a timer of %i ms', (sweepSeconds, ms) => {
    const { job } = jobFor(new TokenServiceFixture(), { sweepSeconds });
    job.onApplicationBootstrap();
    const before = Date.now();
    jest.advanceTimersToNextTimer();
    expect(Date.now() - before).toBe(ms);
    job.onModuleDestroy();
  });

  it('can be found in the scheduler, and ends with the module', () => {
    const { job, scheduler } = jobFor(new TokenServiceFixture());
    job.onApplicationBootstrap();
    expect(scheduler.getIntervals()).toEqual([NAME]);
    job.onModuleDestroy();
    expect(scheduler.getIntervals()).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
    job.onModuleDestroy();
  });

  it('does not keep the process alive', () => {
    jest.useRealTimers();
    const { job, scheduler } = jobFor(new TokenServiceFixture());
    job.onApplicationBootstrap();
    expect((scheduler.getInterval(NAME) as NodeJS.Timeout).hasRef()).toBe(false);
    job.onModuleDestroy();
  });

  it('does nothing where it is switched off', async () => {
    const fixture = new TokenServiceFixture();
    const { job, scheduler } = jobFor(fixture, { scheduledRefresh: false });
    job.onApplicationBootstrap();
    await fixture.clock.advance(HOUR);
    expect([scheduler.getIntervals(), fixture.kis.asked]).toEqual([[], 0]);
  });

  it('names what is missing where there is no scheduler', () => {
    const fixture = new TokenServiceFixture();
    const configuration = new KisConfiguration({ accounts: [FIXTURE_ACCOUNT] });
    const job = new KisTokenRefreshJob(fixture.tokens, configuration);
    expect(() => {
      job.onApplicationBootstrap();
    }).toThrow(/import ScheduleModule\.forRoot\(\)/);
  });

  it('survives whatever a look ends with', async () => {
    const fixture = new TokenServiceFixture();
    fixture.tokens.refreshDue = () => Promise.reject(new Error('a bug'));
    const { job } = jobFor(fixture);
    await expect(job.run()).resolves.toBeUndefined();
  });
});
