import { ManualKisClock } from './testing/manual-clock';

describe('KisClock', () => {
  const MINUTES_MS = 60_000;

  it('runs what is far away in time, by timers that are never longer than a minute', async () => {
    const clock = new ManualKisClock();
    const action = jest.fn();
    clock.later(5 * MINUTES_MS, action);

    await clock.advance(5 * MINUTES_MS - 1);
    expect(action).not.toHaveBeenCalled();
    await clock.advance(1);

    expect(action).toHaveBeenCalledTimes(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([0.5, 2.5])('runs nothing that was cancelled after %s minutes', async (minutes) => {
    const clock = new ManualKisClock();
    const action = jest.fn();
    const cancel = clock.later(5 * MINUTES_MS, action);
    await clock.advance(minutes * MINUTES_MS);

    cancel();

    expect(clock.pendingTimers).toBe(0);
    await clock.advance(5 * MINUTES_MS);
    expect(action).not.toHaveBeenCalled();
  });
});
