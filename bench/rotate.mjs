// Steady load while a token is refreshed, and while one is refused.
import { apiEnv, newAccounts, startApi } from './support/api.mjs';
import { median, pause, quantile, spread } from './support/harness.mjs';
import { startLoad } from './support/load.mjs';
import { get, stop } from './support/processes.mjs';
import { temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { startBrokerage } from './support/simulator.mjs';

const CONNECTIONS = 64;
/** A round trip to the brokerage, and what it takes beyond that over a token. */
const ROUND_TRIP_MS = 20;
const ISSUE_MS = 200;
/** The load of a trial: the event, the second that follows it, and seconds to compare with. */
const FULL = { trials: 5, warmMs: 2_000, searchMs: 3_000, eventAtMs: 4_000, loadMs: 9_000 };
const QUICK = { trials: 1, warmMs: 500, searchMs: 500, eventAtMs: 2_000, loadMs: 4_500 };
const SECOND_MS = 1_000;
/** The load generator itself needs a moment. */
const SETTLED_MS = 1_000;
/** A rate is held when hardly anybody waits for more than this beyond the round trip. */
const HELD_MS = 60;

/** Three of four send the same request, as callers of a balance do; the fourth sends one of its own. */
const PATHS = Array.from({ length: 4_000 }, (_, index) =>
  index % 4 === 0
    ? `/api/accounts/main/buying-power?symbol=005930&price=${50_000 + index}`
    : '/api/accounts/main/balance',
);

export default async function rotate({ quick }) {
  const settings = {
    mockPerSecond: 1_000_000,
    issueIntervalSeconds: 0,
    sameTokenSeconds: 0,
    latencyMs: ROUND_TRIP_MS,
    tokenLatencyMs: ISSUE_MS,
  };
  const brokerage = await startBrokerage(settings);
  const load = await startLoad();
  const scale = quick ? QUICK : FULL;
  const rate = await highestRate(brokerage, load, scale);
  const trials = { refreshed: [], refused: [] };
  for (let turn = 0; turn < scale.trials; turn += 1) {
    trials.refreshed.push(await trial(brokerage, load, { rate, ...scale }, refreshToken));
    trials.refused.push(await trial(brokerage, load, { rate, ...scale }, () => brokerage.killTokens()));
  }
  return summary(rate, trials);
}

async function refreshToken(port) {
  const { status, text } = await get(`http://127.0.0.1:${port}/api/tokens/main/refresh`, { method: 'POST' });
  if (status !== 200 || JSON.parse(text).outcome !== 'refreshed')
    throw new Error(`No refresh: ${status} ${text}`);
}

/** The API with a token that is an hour old: one that is refused in its first minute is no expired one. */
async function apiWithOldToken(brokerage) {
  const env = await apiEnv(brokerage.mockUrl, newAccounts(1), temporaryDirectory(), {
    KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '1',
  });
  await brokerage.moveClock(-3_600);
  await stop((await startApi(env)).child, 'SIGTERM');
  await brokerage.moveClock(0);
  return startApi(env);
}

async function highestRate(brokerage, load, { warmMs, searchMs }) {
  const { child, port } = await apiWithOldToken(brokerage);
  const plan = { port, paths: PATHS, connections: CONNECTIONS };
  await load.closed({ ...plan, ms: warmMs });
  const { seconds, latencies } = await load.closed({ ...plan, ms: searchMs });
  let rate = 0;
  for (const share of [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]) {
    rate = Math.floor((latencies.length / seconds) * share);
    const { failures, records } = await load.open({ ...plan, rate, ms: searchMs });
    if (
      failures === 0 &&
      quantile(
        records.filter((_, index) => index % 2 === 1),
        0.999,
      ) <=
        ROUND_TRIP_MS + HELD_MS
    )
      break;
  }
  await stop(child);
  return rate;
}

async function trial(brokerage, load, { rate, warmMs, eventAtMs, loadMs }, event) {
  const { child, port } = await apiWithOldToken(brokerage);
  const plan = { port, paths: PATHS, connections: CONNECTIONS };
  await load.closed({ ...plan, ms: warmMs });
  const under = load.open({ ...plan, rate, ms: loadMs });
  await pause(eventAtMs);
  const eventAt = Date.now();
  await event(port);
  const { startedAt, failures, records } = await under;
  await stop(child);
  return { failures, ...sorted(records, eventAt - startedAt) };
}

/** Latencies of the second that begins with the event, and of the rest, second by second. */
function sorted(records, eventAt) {
  const during = [];
  const rest = [];
  const seconds = new Map();
  for (let index = 0; index < records.length; index += 2) {
    const [dueAt, ms] = [records[index], records[index + 1]];
    if (dueAt >= eventAt - ROUND_TRIP_MS && dueAt < eventAt + SECOND_MS) during.push(ms);
    else if (dueAt >= SETTLED_MS && (dueAt < eventAt - SECOND_MS || dueAt >= eventAt + 2 * SECOND_MS)) {
      rest.push(ms);
      const second = Math.floor(dueAt / 1000);
      seconds.set(second, Math.max(seconds.get(second) ?? 0, ms));
    }
  }
  return { worst: Math.max(...during), rest, worstOfSeconds: [...seconds.values()] };
}

function summary(rate, { refreshed, refused }) {
  const facts = (trials) => ({
    p50: median(trials.flatMap(({ rest }) => rest)),
    p999: median(trials.map(({ rest }) => quantile(rest, 0.999))),
    ordinary: median(trials.flatMap(({ worstOfSeconds }) => worstOfSeconds)),
    worst: spread(trials.map(({ worst }) => worst)),
    // Each trial against itself: a slow moment of the machine may meet one of them.
    ratio: median(trials.map(({ worst, rest }) => worst / quantile(rest, 0.999))),
    beyond: median(trials.map(({ worst, worstOfSeconds }) => worst - median(worstOfSeconds))),
    failures: trials.reduce((sum, { failures }) => sum + failures, 0),
  });
  const [calm, hard] = [facts(refreshed), facts(refused)];
  const row = (name, { p50, p999, ordinary, worst, ratio, failures }) => [
    name,
    p50,
    p999,
    ordinary,
    worst.median,
    worst.q1,
    worst.q3,
    ratio,
    failures,
  ];
  return {
    title: 'a token changes under load',
    tables: [
      {
        caption: `${rate} requests/s on ${CONNECTIONS} connections, a round trip to the brokerage ${ROUND_TRIP_MS} ms, an issue ${ROUND_TRIP_MS + ISSUE_MS} ms; milliseconds`,
        columns: [
          'event',
          'p50 of the rest',
          'p99.9 of the rest',
          'worst of an ordinary second',
          'worst of the second of the event',
          'q1',
          'q3',
          '× p99.9',
          'failures',
        ],
        rows: [row('token refreshed', calm), row('token refused', hard)],
      },
    ],
    targets: [
      target('refreshed: worst of that second against p99.9 of the rest', {
        goal: 'at most',
        limit: 1.2,
        measured: calm.ratio,
        unit: '×',
      }),
      target('refreshed: failures', { goal: 'exactly', limit: 0, measured: calm.failures }),
      target('refused: failures', { goal: 'exactly', limit: 0, measured: hard.failures }),
      target('refused: worst beyond the worst of an ordinary second', {
        goal: 'at most',
        limit: 2 * ROUND_TRIP_MS + ISSUE_MS,
        measured: hard.beyond,
        unit: 'ms',
      }),
    ],
    notes: [
      `The rate is the highest share of what a closed loop gets through (0.9, 0.8 …) at which 999 of 1,000 requests are answered within ${ROUND_TRIP_MS + HELD_MS} ms. Latency counts from the moment at which a request was due.`,
      'The worst of a second is by its nature about the p99.9 of a thousand requests: the ordinary seconds show what is noise.',
      'Refused: one extra round trip and one issue, as the brokerage takes for them, are allowed on top.',
    ],
  };
}
