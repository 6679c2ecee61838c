// Real time: frames of KIS to many listeners of /api/stream, and what it costs to read one.
import { apiEnv, newAccounts, startApi } from './support/api.mjs';
import { startFeed } from './support/feed.mjs';
import { book, record, trade } from './support/frames.mjs';
import { median, pause, ratios, rotate } from './support/harness.mjs';
import { startListeners } from './support/listeners.mjs';
import { cpuSeconds, stop } from './support/processes.mjs';
import { temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { fromProject } from './support/resolve.mjs';
import { startBrokerage } from './support/simulator.mjs';

/** All that KIS allows for an app key: trades of 21 stocks and order books of 20. */
const CHANNELS = [
  ...Array.from({ length: 21 }, (_, index) => `trades:${100_000 + index}`),
  ...Array.from({ length: 20 }, (_, index) => `book:${100_000 + index}`),
];
const FRAMES_PER_SECOND = 50;
const LISTENERS = 100;
const ALL_READ = 'all read';
const ONE_STALLED = 'and one that does not';

export default async function stream({ quick }) {
  const parsing = parse(quick ? 2_000 : 60_000);
  const brokerage = await startBrokerage({ issueIntervalSeconds: 0 });
  const feed = await startFeed(FRAMES_PER_SECOND);
  const more = { KIS_WS_URL: feed.url, KIS_STATE_DIR: temporaryDirectory() };
  const api = await startApi(await apiEnv(brokerage.mockUrl, newAccounts(1), temporaryDirectory(), more));
  const listeners = await startListeners(api.port, CHANNELS.join(','), LISTENERS);
  while ((await feed.registrations()) < CHANNELS.length) await pause(20);
  const contenders = [ALL_READ, ONE_STALLED].map((name) => ({
    name,
    run: () => measure(api.child.pid, listeners, quick ? 300 : 5_000, name === ONE_STALLED),
  }));
  const samples = await rotate(contenders, { rounds: quick ? 1 : 5, budgetMs: quick ? 1_000 : 70_000 });
  await stop(api.child);
  return summary(parsing, samples);
}

async function measure(pid, listeners, ms, stalled) {
  const [began, before] = [performance.now(), cpuSeconds(pid)];
  const sample = await listeners.measure(ms, stalled);
  return { ...sample, cpu: ((cpuSeconds(pid) - before) * 100_000) / (performance.now() - began) };
}

/** CPU microseconds for a frame, from its text to its events. */
function parse(frames) {
  const { splitFrame, readFrame } = fromProject('./dist/kis/realtime/frame/frame.js');
  const notice = { 1: '5001234501', 3: '', 4: '02', 5: '0', 8: '005930', 12: '0', 13: '2', 14: '2' };
  const texts = {
    'a trade': `0|H0STCNT0|001|${trade('005930', 1000)}`,
    'six trades in one frame': `0|H0STCNT0|006|${Array(6).fill(trade('005930', 1000)).join('^')}`,
    'a book': `0|H0STASP0|001|${book('005930', 1000)}`,
    'an order notice': `0|H0STCNI0|001|${record(26, notice)}`,
  };
  return Object.entries(texts).map(([name, text]) => {
    // As it comes from the connection: a text of its own, which nothing is known of.
    const bytes = Buffer.from(text);
    const times = Array.from({ length: 12 }, () => {
      const began = process.cpuUsage();
      for (let index = 0; index < frames; index += 1) {
        const reading = readFrame(splitFrame(bytes.toString('utf8')), 1_795_000_000_000);
        if (!reading.events) throw new Error(`${name} cannot be read: ${reading.unreadable}`);
      }
      const { user, system } = process.cpuUsage(began);
      return (user + system) / frames;
    });
    return { name, us: median(times.slice(2)) };
  });
}

function summary(parsing, samples) {
  const of = (name, key) => median(samples.get(name).map((sample) => sample[key]));
  const rows = [ALL_READ, ONE_STALLED].map((name) => [
    name,
    ...['perSecond', 'p50', 'p99', 'max', 'cpu'].map((key) => of(name, key)),
  ]);
  const expected = LISTENERS * CHANNELS.length * FRAMES_PER_SECOND;
  return {
    title: 'real time to many listeners',
    tables: [
      {
        caption: `${CHANNELS.length} registrations × ${FRAMES_PER_SECOND} frames/s to ${LISTENERS} listeners of all of them; milliseconds from the frame's departure at KIS to the event's arrival`,
        columns: ['listeners', 'events/s', 'p50', 'p99', 'longest', 'CPU % of the API'],
        rows,
      },
      {
        caption: 'CPU for reading a frame, from its bytes to its events',
        columns: ['frame', 'µs'],
        rows: parsing.map(({ name, us }) => [name, us]),
      },
    ],
    targets: [
      target('p99 from frame in to event out', {
        goal: 'at most',
        limit: 5,
        measured: of(ALL_READ, 'p99'),
        unit: 'ms',
      }),
      target('share of the trades and books that arrive', {
        goal: 'at least',
        limit: 0.98,
        measured: of(ALL_READ, 'perSecond') / expected,
      }),
      target('p99 of the others with one that does not read', {
        goal: 'at most',
        limit: 1.25,
        measured: ratios(samples, ONE_STALLED, ALL_READ, ({ p99 }) => p99).median,
        unit: '×',
      }),
      ...parsing
        .filter(({ name }) => !name.startsWith('six'))
        .map(({ name, us }) =>
          target(`reading ${name}`, { goal: 'at most', limit: 10, measured: us, unit: 'µs of CPU' }),
        ),
    ],
    notes: [
      'KIS, the API and the listeners are processes of their own on this machine and share its cores; the latencies hold the way over both connections.',
      'The listener that does not read is let go when 2,000 trades wait for it, and comes back at once.',
    ],
  };
}
