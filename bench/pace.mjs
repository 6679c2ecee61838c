// Many calls at the rate that KIS allows: how long they take, and whether KIS refuses any.
import { newAccount, temporaryDirectory } from './support/project.mjs';
import { ask, startScript, stop } from './support/processes.mjs';
import { target } from './support/report.mjs';
import { startBrokerage } from './support/simulator.mjs';

const PER_SECOND = 18;
const WINDOW_MS = 1_000;
const PATH = '/uapi/domestic-stock/v1/quotations/inquire-price';
const OURS = "the library's pacer";
const COLD = "the library's pacer, first calls of the process";
const PROCESSES = 4;
const SHARED = `the library's pacer, ${PROCESSES} processes over one directory`;

const CONTENDERS = [
  { name: OURS, kind: 'library', warm: true },
  { name: COLD, kind: 'library', warm: false },
  { name: SHARED, kind: 'library', warm: true, processes: PROCESSES, tokenDir: temporaryDirectory() },
  { name: `bottleneck, one every ${Math.round(WINDOW_MS / PER_SECOND)} ms`, kind: 'spaced', warm: true },
  { name: `bottleneck, ${PER_SECOND} in a second`, kind: 'reservoir', warm: true },
  { name: 'p-throttle, strict', kind: 'strict', warm: true },
];
const UNPACED = { name: 'no pacing at all', kind: 'none', warm: false };

export default async function pace({ quick }) {
  const calls = quick ? 60 : 200;
  const brokerage = await startBrokerage({ realPerSecond: PER_SECOND });
  // Each has a key and processes of its own, so they may run side by side: they hardly do anything but wait.
  const started = await Promise.all(
    CONTENDERS.map((contender) => startContender(contender, calls, brokerage)),
  );
  const results = await Promise.all(started.map(run));
  results.push(await run(await startContender(UNPACED, calls, brokerage)));
  const requests = await brokerage.requests(10_000);
  return summary(
    calls,
    results.map((result) => ({ ...result, ...asSeenByKis(requests, result, calls) })),
  );
}

async function startContender({ name, kind, warm, processes = 1, tokenDir }, calls, brokerage) {
  const account = newAccount({ mode: 'REAL', baseUrl: brokerage.realUrl });
  const shared = { kind, account, perSecond: PER_SECOND, path: PATH, tokenDir };
  const order = { ...shared, calls: calls / processes, warmUp: warm ? Math.ceil(PER_SECOND / processes) : 0 };
  const starting = Array.from({ length: processes }, () =>
    startScript('contenders/pace-process.mjs', { args: [JSON.stringify(order)] }),
  );
  const children = (await Promise.all(starting)).map(({ child }) => child);
  return { name, account, children };
}

async function run({ name, account, children }) {
  const began = Date.now();
  const outcomes = await Promise.all(children.map((child) => ask(child, 'go')));
  await Promise.all(children.map((child) => stop(child)));
  const seconds = Math.max(...outcomes.map((outcome) => outcome.seconds));
  return { name, account, began, seconds, failed: outcomes.reduce((sum, { failed }) => sum + failed, 0) };
}

/** Refusals, and the most calls in any second by the moment of their arrival. */
function asSeenByKis(requests, { account, began }) {
  const isMine = ([name, value]) =>
    name.toLowerCase() === 'appkey' && account.appKey.startsWith(value.slice(0, 10));
  const mine = requests
    .filter(({ path, headers }) => path === PATH && headers.some(isMine))
    .map(({ at, code }) => ({ at: Date.parse(at), code }))
    .filter(({ at }) => at >= began);
  const most = Math.max(
    ...mine.map(({ at: from }) => mine.filter(({ at }) => at >= from && at < from + WINDOW_MS).length),
  );
  return { refused: mine.filter(({ code }) => code === 'EGW00201').length, most };
}

function summary(calls, results) {
  const ideal = calls / PER_SECOND;
  const targets = [OURS, COLD, SHARED].flatMap((name) => {
    const { seconds, refused, failed } = results.find((each) => each.name === name);
    return [
      target(`${name}: time against ideal`, {
        goal: 'at most',
        limit: 1.05,
        measured: seconds / ideal,
        unit: '×',
      }),
      target(`${name}: refusals by a sliding window`, { goal: 'exactly', limit: 0, measured: refused }),
      target(`${name}: callers failed`, { goal: 'exactly', limit: 0, measured: failed }),
    ];
  });
  return {
    title: `${calls} calls at ${PER_SECOND}/s`,
    tables: [
      {
        caption: `Seconds until the last of ${calls} calls that were made at one moment; ideal: ${calls} / ${PER_SECOND} = ${ideal.toFixed(2)} s`,
        columns: ['contender', 's', '× ideal', 'refused (EGW00201)', 'callers failed', 'most in any second'],
        rows: results.map(({ name, seconds, refused, failed, most }) => [
          name,
          seconds,
          seconds / ideal,
          refused,
          failed,
          most,
        ]),
      },
    ],
    targets,
    notes: [
      'The simulator judges: it refuses a nineteenth call within any 1,000 ms of admitted ones. A refused call of the library is sent again; the others fail. Those but one have sent a second of calls before, so that connections are open.',
    ],
  };
}
