import { getEventListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import { SECOND, TokenServiceFixture } from '../../test/support/kis/token-service-fixture';
import { onAbort } from './abort-listeners';
import { Deadline } from './http/deadline';
import { SharedFlights } from './http/shared-flights';
import { ManualKisClock } from './testing/manual-clock';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('onAbort', () => {
  it('calls what was not removed, once, and lets go of the signal', () => {
    const controller = new AbortController();
    const calls: string[] = [];
    const removeFirst = onAbort(controller.signal, () => calls.push('first'));
    const removeSecond = onAbort(controller.signal, () => calls.push('second'));
    onAbort(controller.signal, () => calls.push('third'));
    expect(listenersOf(controller.signal)).toBe(1);
    removeFirst();
    controller.abort();
    removeSecond();
    expect(calls).toEqual(['second', 'third']);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  it('listens again after all callbacks were removed', () => {
    const controller = new AbortController();
    onAbort(controller.signal, () => undefined)();
    expect(listenersOf(controller.signal)).toBe(0);
    const calls: string[] = [];
    onAbort(controller.signal, () => calls.push('again'));
    controller.abort();
    expect(calls).toEqual(['again']);
  });
});

describe('A signal that many concurrent calls share has one listener', () => {
  const { signal } = new AbortController();
  const clock = new ManualKisClock();

  it('of callers that wait for a token', async () => {
    const fixture = new TokenServiceFixture();
    const calls = Array.from({ length: 30 }, () => fixture.ask(signal));
    await fixture.clock.advance(50);
    expect(listenersOf(signal)).toBe(1);
    await fixture.during(Promise.all(calls), SECOND);
    expect(listenersOf(signal)).toBe(0);
  });

  it('of calls with a time limit', () => {
    const deadlines = Array.from(
      { length: 30 },
      () => new Deadline(clock, SECOND, signal, () => new Error('late')),
    );
    for (const deadline of deadlines) expect(deadline.signal.aborted).toBe(false);
    expect(listenersOf(signal)).toBe(1);
    for (const deadline of deadlines) deadline.release();
    expect(listenersOf(signal)).toBe(0);
  });

  it('of reads that share an answer', async () => {
    const flights = new SharedFlights<string>();
    const landing = Promise.resolve('an answer');
    const reads = Array.from({ length: 30 }, () => flights.join('key', () => landing, signal));
    expect(listenersOf(signal)).toBe(1);
    await Promise.all(reads);
    expect(listenersOf(signal)).toBe(0);
  });
});
