import { PacerFixture } from '../../../../test/support/kis/pacer-fixture';

describe('LanedKisRequestPacer', () => {
  it('grants the allowed number in a second, and the next ones a second after the answers', async () => {
    const fixture = new PacerFixture(18);
    const times = fixture.permitTimes(54);

    await fixture.clock.advance(10_000);

    for (const at of [0, 1005, 2010]) expect(times.filter((each) => each === at)).toHaveLength(18);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('counts a permit from its answer, which comes later than the call arrives', async () => {
    const fixture = new PacerFixture(1);
    const { clock } = fixture;
    const times = fixture.permitTimes(3, {
      use: (permit) => {
        clock.after(100, () => {
          permit.answered();
        });
      },
    });

    await clock.advance(5000);

    expect(times).toEqual([0, 1105, 2210]);
  });

  it('counts an unanswered call as having arrived after a second, so that hanging calls block no others', async () => {
    const fixture = new PacerFixture(2);
    const times = fixture.permitTimes(4, { use: () => undefined });

    await fixture.clock.advance(5000);

    expect(times).toEqual([0, 0, 2005, 2005]);
  });

  it('counts the first answer only', async () => {
    const fixture = new PacerFixture(1);
    const { clock, pacer, credential } = fixture;
    const permit = await pacer.acquire(credential);
    permit.answered();
    await clock.advance(900);
    permit.answered();

    const times = fixture.permitTimes(1);
    await clock.advance(200);

    expect(times).toEqual([105]);
  });

  it('serves callers in the order of their arrival', async () => {
    const fixture = new PacerFixture(2);
    const times = fixture.permitTimes(9);

    await fixture.clock.advance(10_000);

    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times).toHaveLength(9);
  });

  it.each([
    [0.5, [0, 2005, 4010]],
    [1.5, [0, 672, 1344]],
    [1, [0, 1005, 2010]],
  ])('keeps a rate of %d a second', async (rate, expected) => {
    const fixture = new PacerFixture(rate);
    const times = fixture.permitTimes(3);

    await fixture.clock.advance(5000);

    expect(times).toEqual(expected);
  });

  it('paces each app key separately', async () => {
    const fixture = new PacerFixture(1, 1);
    const others = fixture.configuration.account('a1').credential;
    const times = [fixture.permitTimes(1), fixture.permitTimes(1, { credential: others })];

    await fixture.clock.advance(0);

    expect(times).toEqual([[0], [0]]);
  });

  it('is not affected by steps of the wall clock', async () => {
    const fixture = new PacerFixture(1);
    (await fixture.pacer.acquire(fixture.credential)).answered();
    fixture.clock.step(-3_600_000);
    const times = fixture.permitTimes(1);

    await fixture.clock.advance(1005);

    expect(times).toEqual([1005]);
  });
});
