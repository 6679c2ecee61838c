import { SharedFlights } from './shared-flights';

/** Work that a test ends when it likes. */
function controlledWork() {
  const started: { signal: AbortSignal; land: (value: string) => void; crash: (error: Error) => void }[] = [];
  const work = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      started.push({ signal, land: resolve, crash: reject });
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  return { started, work };
}

describe('SharedFlights', () => {
  it('runs the work once for all concurrent callers', async () => {
    const flights = new SharedFlights<string>();
    const { started, work } = controlledWork();
    const all = Array.from({ length: 1000 }, () => flights.join('a', work));

    started[0]?.land('done');

    expect(new Set(await Promise.all(all))).toEqual(new Set(['done']));
    expect(started).toHaveLength(1);
  });

  it('keeps different keys apart', () => {
    const flights = new SharedFlights<string>();
    const { started, work } = controlledWork();

    void flights.join('a', work);
    void flights.join('b', work);

    expect(started).toHaveLength(2);
  });

  it('never returns a flight that has ended, neither a success nor a failure', async () => {
    const flights = new SharedFlights<string>();
    const { started, work } = controlledWork();

    const first = flights.join('a', work);
    started[0]?.land('one');
    await first;
    const second = flights.join('a', work);
    started[1]?.crash(new Error('two'));
    await expect(second).rejects.toThrow('two');
    const third = flights.join('a', work);
    started[2]?.land('three');

    await expect(third).resolves.toBe('three');
  });

  it('shares a failure with all waiting callers', async () => {
    const flights = new SharedFlights<string>();
    const { started, work } = controlledWork();
    const both = [flights.join('a', work), flights.join('a', work, new AbortController().signal)];

    started[0]?.crash(new Error('broken'));

    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  });

  it('aborts one caller without the others', async () => {
    const flights = new SharedFlights<string>();
    const { started, work } = controlledWork();
    const giveUp = new AbortController();
    const leaver = flights.join('a', work, giveUp.signal);
    const stayer = flights.join('a', work, new AbortController().signal);

    giveUp.abort(new Error('enough'));

    await expect(leaver).rejects.toThrow('enough');
    expect(started[0]?.signal.aborted).toBe(false);
    started[0]?.land('done');
    await expect(stayer).resolves.toBe('done');
  });

  it('aborts the work when the last caller aborts, and starts again for the next', async () => {
    const flights = new SharedFlights<string>();
    const { started, work } = controlledWork();
    const giveUp = new AbortController();
    const all = [flights.join('a', work, giveUp.signal), flights.join('a', work, giveUp.signal)];

    giveUp.abort(new Error('enough'));
    const next = flights.join('a', work);

    await expect(Promise.allSettled(all)).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    expect(started[0]?.signal.reason).toEqual(new Error('enough'));
    started[1]?.land('anew');
    await expect(next).resolves.toBe('anew');
  });

  it('starts nothing for a caller that has already aborted', async () => {
    const flights = new SharedFlights<string>();
    const { started, work } = controlledWork();

    await expect(flights.join('a', work, AbortSignal.abort(new Error('too late')))).rejects.toThrow(
      'too late',
    );

    expect(started).toHaveLength(0);
  });
});
