import { RealtimeFixture } from './support/realtime-fixture';
import { CapturedWarnings } from './support/captured-warnings';

const warnings = new CapturedWarnings();
let fixture: RealtimeFixture;

beforeEach(async () => {
  warnings.take();
  fixture = await RealtimeFixture.open();
});
afterEach(() => fixture.close());

describe('the realtime session of a process', () => {
  it('is opened with the first registration, which KIS acknowledges, and brings its frames', async () => {
    const program = fixture.program();
    const { listener, frames, told } = program.listen();
    expect(fixture.events).toEqual([]);

    expect(await listener.register('H0STCNT0', '005930')).toEqual({
      ok: true,
      code: 'OPSP0000',
      message: 'SUBSCRIBE SUCCESS',
    });
    await fixture.passUntil(() => frames.length > 0, 10, 'a frame');

    expect(fixture.events).toEqual(['opened', 'registered H0STCNT0 005930']);
    expect(told).toEqual(['connected']);
    expect(frames[0]).toMatchObject({ trId: 'H0STCNT0', trKey: '005930', encrypted: false });
    expect(frames[0]?.body).toMatch(/^005930\^/);
    expect(program.session.state).toBe('connected');
  });

  it('registers once at KIS what several listeners want, and releases it some seconds after the last', async () => {
    const program = fixture.program();
    const [one, two] = [program.listen(), program.listen()];
    await one.listener.register('H0STCNT0', '005930');
    expect(await two.listener.register('H0STCNT0', '005930')).toMatchObject({ ok: true, code: 'OPSP0000' });
    expect(await two.listener.register('H0STCNT0', '005930')).toMatchObject({ ok: false, code: 'OPSP0002' });
    expect(program.session.registrations()).toEqual([{ trId: 'H0STCNT0', trKey: '005930', listeners: 2 }]);

    one.listener.close();
    await fixture.pass(9);
    expect(two.listener.release('H0STCNT0', '005930')).toBe(true);
    expect(two.listener.release('H0STCNT0', '005930')).toBe(false);
    await fixture.pass(4);
    expect(fixture.events.filter((event) => event.startsWith('re'))).toEqual(['registered H0STCNT0 005930']);

    await fixture.passUntil(() => fixture.events.includes('released H0STCNT0 005930'), 5, 'the release');
    await fixture.passUntil(() => fixture.events.includes('closed'), 15, 'the end of the session');
  });

  it('refuses a forty-second registration without asking KIS, unless one is unused', async () => {
    const { listener } = fixture.program().listen();
    const keys = Array.from({ length: 41 }, (_, index) => String(100_000 + index));
    const answers = await Promise.all(keys.map((key) => listener.register('H0STCNT0', key)));
    expect(answers.every(({ ok }) => ok)).toBe(true);

    expect(await listener.register('H0STCNT0', '005930')).toMatchObject({ ok: false, code: 'OPSP0008' });
    listener.release('H0STCNT0', '100000');
    expect(await listener.register('H0STCNT0', '005930')).toMatchObject({ ok: true });

    expect(fixture.events.filter((event) => event.startsWith('refused'))).toEqual([]);
  });

  it('keeps nobody waiting for the answer to a registration that was released', async () => {
    fixture.simulator.update({ socketDown: true });
    const { listener } = fixture.program().listen();
    const answers = [listener.register('H0STCNT0', '005930'), listener.register('H0STCNT0', '000660')];
    listener.release('H0STCNT0', '005930');
    listener.close();
    // No time passes here.
    for (const answer of answers) expect(await answer).toMatchObject({ ok: false, code: 'PENDING' });
  });

  it('passes KIS’s refusals on', async () => {
    const { listener } = fixture.program().listen();
    expect(await listener.register('H0XXCNT0', '005930')).toEqual({
      ok: false,
      code: 'OPSP8991',
      message: 'invalid tr_id',
    });
    expect(await listener.register('H0STCNT0', '005930')).toMatchObject({ ok: true });
  });

  it('answers both kinds of ping', async () => {
    fixture.simulator.update({ protocolPings: true, pingSeconds: 10, closeWithoutPongSeconds: 25 });
    const { listener, told } = fixture.program().listen();
    await listener.register('H0STCNT0', '005930');
    for (let index = 0; index < 12; index += 1) await fixture.pass(10);
    expect(told).toEqual(['connected']);
    expect(fixture.attempts).toHaveLength(1);
  });
});

describe('a lost session', () => {
  it('is replaced: everything is registered again, after a gap that listeners are told of', async () => {
    const { listener, frames, told, gaps } = fixture.program().listen();
    await listener.register('H0STCNT0', '005930');
    await listener.register('H0STASP0', '000660');
    await fixture.passUntil(() => frames.length > 0, 10);
    const lastFrameAt = frames.at(-1)?.receivedAt ?? 0;

    await fixture.control('realtime/close', { terminate: true });
    await fixture.until(() => told.includes('disconnected'));
    frames.length = 0;
    await fixture.passUntil(() => told.includes('gap') && frames.length > 0, 40, 'data after the gap');

    expect(told).toEqual(['connected', 'disconnected', 'connected', 'gap']);
    expect(gaps[0]?.from).toBeGreaterThanOrEqual(lastFrameAt);
    expect(gaps[0]?.to).toBeLessThanOrEqual(frames[0]?.receivedAt ?? 0);
    expect(fixture.events.filter((event) => event === 'registered H0STASP0 000660')).toHaveLength(2);
  });

  it('is noticed by 90 s of silence', async () => {
    const { listener, told } = fixture.program().listen();
    await listener.register('H0STCNT0', '005930');
    fixture.simulator.update({ realtimeSilent: true });
    for (let second = 0; second < 85; second += 5) await fixture.pass(5);
    expect(told).toEqual(['connected']);
    await fixture.passUntil(() => told.includes('disconnected'), 6, 'the loss');
  });

  it('is not tried again in a loop while a ghost holds the app key for a minute', async () => {
    const program = fixture.program();
    const { listener, frames, told } = program.listen();
    await listener.register('H0STCNT0', '005930');
    fixture.simulator.update({ ghostSeconds: 60 });
    await fixture.control('realtime/close', { terminate: true });
    await fixture.until(() => told.includes('disconnected'));
    frames.length = 0;
    await fixture.passUntil(() => frames.length > 0, 150, 'data after the ghost');

    const pauses = fixture.attempts.slice(1).map((at, index) => at - (fixture.attempts[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10_000);
    expect(fixture.attempts.length).toBeLessThanOrEqual(6);
    expect(warnings.take().filter((line) => line.includes('Another program has the session'))).toHaveLength(
      1,
    );
  });

  it('goes on without the notices of an HTS id on which KIS ends it again and again', async () => {
    const { listener, frames, told } = fixture.program().listen();
    await listener.register('H0STCNT0', '005930');
    void listener.register('H0STCNI0', 'stranger').then(({ code }) => told.push(`answer ${code}`));
    const isGivenUp = (): boolean => told.some((each) => each.includes('SESSION_ENDED'));
    await fixture.passUntil(isGivenUp, 60, 'the end of the attempts');
    frames.length = 0;
    await fixture.passUntil(() => frames.length > 0, 60, 'data without notices');
    for (let second = 0; second < 120; second += 10) await fixture.pass(10);

    expect(told.filter((each) => each.includes('SESSION_ENDED'))).toHaveLength(1);
    expect(told.at(-2)).toBe('connected');
    expect(fixture.attempts).toHaveLength(3);
    expect(fixture.simulator.socketEvents.at(-1)?.kind).not.toBe('closed');
  });

  it('says so when KIS refuses what was registered while it was away', async () => {
    fixture.simulator.update({ socketDown: true });
    const { listener, told } = fixture.program().listen();
    const answering = listener.register('H0XXCNT0', '005930');
    await fixture.pass(12);
    expect(await answering).toMatchObject({ ok: false, code: 'PENDING' });
    fixture.simulator.update({ socketDown: false });
    await fixture.passUntil(() => told.includes('refused OPSP8991'), 60, 'the refusal');
  });

  it('uses another approval key when KIS does not know the one it has', async () => {
    const { listener } = fixture.program().listen();
    await listener.register('H0STCNT0', '005930');
    fixture.server.pass(86_400);
    await fixture.control('realtime/close', { terminate: true });
    await fixture.passUntil(() => fixture.events.filter((event) => event.startsWith('reg')).length === 2, 60);
    const approvals = fixture.simulator.requests.to('/oauth2/Approval');
    expect(approvals).toHaveLength(2);
  });
});
