import { PacerFixture } from '../../../../test/support/kis/pacer-fixture';
import { MemoryPermitLog } from './memory-permit-log';

/** One after the other is used and its call answered at once. */
async function urgentCall({ pacer, credential }: PacerFixture): Promise<void> {
  (await pacer.acquire(credential, undefined, true)).answered();
}

describe('reserved permits', () => {
  afterEach(() => jest.restoreAllMocks());

  it('are requested in one step, and urgent calls get them without another one', async () => {
    const looks = jest.spyOn(MemoryPermitLog.prototype, 'look');
    const fixture = new PacerFixture(10);
    const reservation = fixture.pacer.reserve(fixture.credential, 4);
    await fixture.clock.advance(0);

    for (let call = 0; call < 4; call += 1) await urgentCall(fixture);
    await fixture.clock.advance(0);
    expect(looks).toHaveBeenCalledTimes(1);
    reservation.release();

    expect(looks.mock.calls.map(([, , { wanted, answered }]) => [wanted.length, answered.length])).toEqual([
      [4, 0],
      [0, 4],
    ]);
  });

  it('count like all others: no second has more calls than allowed', async () => {
    const fixture = new PacerFixture(3);
    const reservation = fixture.pacer.reserve(fixture.credential, 4);
    const reads = fixture.permitTimes(4);
    await fixture.clock.advance(0);

    await urgentCall(fixture);
    await fixture.clock.advance(0);
    expect(reads).toEqual([]);

    reservation.release();
    await fixture.clock.advance(2000);
    expect(reads).toEqual([0, 0, 1005, 1005]);
  });

  it('are given to no call that is not urgent', async () => {
    const fixture = new PacerFixture(1);
    const reservation = fixture.pacer.reserve(fixture.credential, 1);
    const reads = fixture.permitTimes(1);
    await fixture.clock.advance(100);
    expect(reads).toEqual([]);

    reservation.release();
    await fixture.clock.advance(0);
    expect(reads).toEqual([100]);
  });

  it('are given back when they are too old, and the call gets another one', async () => {
    const looks = jest.spyOn(MemoryPermitLog.prototype, 'look');
    const fixture = new PacerFixture(5);
    const reservation = fixture.pacer.reserve(fixture.credential, 1);
    await fixture.clock.advance(301);

    await urgentCall(fixture);
    reservation.release();

    const [, second] = looks.mock.calls;
    expect(second?.[2]).toMatchObject({ wanted: [expect.any(String)], answered: [{ agoMs: 1005 }] });
  });

  it('hold a place in the queue before calls that are not urgent', async () => {
    const fixture = new PacerFixture(1);
    const { clock, pacer, credential } = fixture;
    (await pacer.acquire(credential)).answered();
    const reads = fixture.permitTimes(1);
    const reservation = pacer.reserve(credential, 1);
    await clock.advance(500);

    const urgent = urgentCall(fixture).then(() => clock.monotonic());
    await clock.advance(2500);

    await urgent;
    reservation.release();
    expect(reads).toEqual([2010]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leave no timer and no place when they are released, or their caller aborts, before their turn', async () => {
    const { clock, pacer, credential } = new PacerFixture(1);
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const reservation = pacer.reserve(credential, 4);
    const aborted = pacer.acquire(credential, giveUp.signal, true);
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);

    giveUp.abort(new Error('enough'));
    reservation.release();

    await expect(aborted).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
    const permit = pacer.acquire(credential);
    await clock.advance(1005);
    await expect(permit).resolves.toBeDefined();
  });

  it('are lost with the log, and urgent calls then fare as all others', async () => {
    const { clock, pacer, credential } = new PacerFixture(5);
    jest.spyOn(MemoryPermitLog.prototype, 'look').mockRejectedValueOnce(new Error('no log'));
    const reservation = pacer.reserve(credential, 2);
    await clock.advance(0);

    await expect(pacer.acquire(credential, undefined, true)).resolves.toBeDefined();
    reservation.release();
  });
});
