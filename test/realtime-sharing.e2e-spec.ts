import { connect } from 'node:net';
import { once } from 'node:events';
import { TcpLinks } from '../src/kis/realtime/link/tcp-links';
import { CapturedWarnings } from './support/captured-warnings';
import { RealtimeFixture } from './support/realtime-fixture';

const warnings = new CapturedWarnings();
let fixture: RealtimeFixture;

beforeEach(async () => {
  warnings.take();
  fixture = await RealtimeFixture.open();
});
afterEach(() => fixture.close());

describe('processes that share a store', () => {
  it('share one session and one registration, and all get its frames', async () => {
    const heard = [1, 2, 3].map(() => fixture.program('file').listen());
    const answers = heard.map(({ listener }) => listener.register('H0STCNT0', '005930'));
    await fixture.passUntil(() => heard.every(({ frames }) => frames.length > 0), 20, 'frames everywhere');

    expect((await Promise.all(answers)).map(({ code }) => code)).toEqual(Array(3).fill('OPSP0000'));
    expect(fixture.events).toEqual(['opened', 'registered H0STCNT0 005930']);
    const [one, ...others] = heard.map(({ frames }) => frames.at(-1)?.body);
    expect(others).toEqual([one, one]);
  });

  it('have 41 registrations together', async () => {
    const [one, two] = [fixture.program('file').listen(), fixture.program('file').listen()];
    await one.listener.register('H0STCNT0', '005930');
    const keys = Array.from({ length: 41 }, (_, index) => String(100_000 + index));
    const answering = Promise.all(keys.map((key) => two.listener.register('H0STCNT0', key)));
    await fixture.passUntil(() => fixture.events.length > 41, 10, 'the registrations');
    const answers = await answering;
    expect(answers.filter(({ code }) => code === 'OPSP0000')).toHaveLength(40);
    const [full, ...more] = answers.filter(({ code }) => code === 'OPSP0008');
    expect(more).toEqual([]);
    // Also what the process that does not have the session cannot know of itself.
    expect(full?.registered).toHaveLength(41);
    expect(full?.registered).toContainEqual({ trId: 'H0STCNT0', trKey: '005930' });
  });

  it('release what none of them wants any more', async () => {
    const [one, two] = [fixture.program('file').listen(), fixture.program('file').listen()];
    await one.listener.register('H0STCNT0', '005930');
    const second = two.listener.register('H0STCNT0', '000660');
    await fixture.passUntil(() => fixture.events.includes('registered H0STCNT0 000660'), 10);
    await second;
    two.listener.close();
    await fixture.passUntil(() => fixture.events.includes('released H0STCNT0 000660'), 20, 'the release');
    expect(fixture.events).not.toContain('released H0STCNT0 005930');
  });

  it('hear of a lost session and of the gap, and go on', async () => {
    const heard = [fixture.program('file').listen(), fixture.program('file').listen()];
    const registering = heard.map(({ listener }) => listener.register('H0STCNT0', '005930'));
    await fixture.passUntil(() => heard.every(({ frames }) => frames.length > 0), 20);
    await Promise.all(registering);

    await fixture.control('realtime/close', { terminate: true });
    await fixture.passUntil(() => heard.every(({ told }) => told.includes('gap')), 40, 'the gap everywhere');
    for (const { frames } of heard) frames.length = 0;
    await fixture.passUntil(() => heard.every(({ frames }) => frames.length > 0), 20, 'frames after the gap');

    for (const { told } of heard) expect(told).toEqual(['connected', 'disconnected', 'connected', 'gap']);
    expect(fixture.attempts).toHaveLength(2);
  });

  it('take the session over when its owner ends, after a gap and never sooner than ten seconds after the last attempt', async () => {
    const owner = fixture.program('file');
    await owner.listen().listener.register('H0STCNT0', '005930');
    const heard = fixture.program('file').listen();
    const registering = heard.listener.register('H0STCNT0', '005930');
    await fixture.passUntil(() => heard.frames.length > 0, 20);
    await registering;

    await owner.close();
    heard.frames.length = 0;
    await fixture.passUntil(() => heard.told.includes('gap') && heard.frames.length > 0, 30, 'data again');

    expect(heard.told).toEqual(['connected', 'disconnected', 'connected', 'gap']);
    const [first = 0, second = 0, ...more] = fixture.attempts;
    expect(more).toEqual([]);
    expect(second - first).toBeGreaterThanOrEqual(10_000);
  });
});

describe('an owner that is stopped (SIGSTOP) for longer than its claim lasts', () => {
  it('gives its session up when it continues, and uses that of the process that has taken over', async () => {
    const owner = fixture.program('file');
    const heard = [owner.listen(), fixture.program('file').listen()];
    await heard[0]?.listener.register('H0STCNT0', '005930');
    const registering = heard[1]?.listener.register('H0STCNT0', '005930');
    await fixture.passUntil(() => heard.every(({ frames }) => frames.length > 0), 20, 'frames everywhere');
    await registering;

    owner.clock.stop();
    // A stopped process passes nothing on.
    fixture.simulator.update({ realtimeSilent: true });
    const isRefused = (): boolean => fixture.events.some((event) => event.startsWith('refused'));
    await fixture.passUntil(isRefused, 30, 'the attempt of the other process, which KIS refuses');

    fixture.simulator.update({ realtimeSilent: false });
    owner.clock.resume();
    for (const { frames } of heard) frames.length = 0;
    const goesOn = (): boolean =>
      heard.every(({ told, frames }) => told.includes('gap') && frames.length > 0);
    await fixture.passUntil(goesOn, 60, 'data for both after the gap');

    expect(fixture.events.filter((event) => event.startsWith('registered'))).toHaveLength(2);
    expect(heard[0]?.told).toEqual(['connected', 'disconnected', 'connected', 'gap']);
    const pauses = fixture.attempts.slice(1).map((at, index) => at - (fixture.attempts[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10_000);
  });
});

describe('the link between processes', () => {
  it('is not for those who do not know its secret', async () => {
    const links = new TcpLinks();
    const accepted: unknown[] = [];
    const { address } = await links.listen((channel) => {
      accepted.push(channel);
      return { text: () => undefined, closed: () => undefined };
    });
    const socket = connect(Number(address), '127.0.0.1');
    const ended = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(`${'0'.repeat(48)}\n`);
    await ended;
    links.close();
    expect(accepted).toEqual([]);
  });
});
