// Everybody wants a token at once, and there is none.
import { quantile, rotate } from './support/harness.mjs';
import { ask, startScript, stop } from './support/processes.mjs';
import { newAccount, temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { startBrokerage } from './support/simulator.mjs';

/** How long the issuer takes over a token. */
const LATENCY_MS = 300;
const ONE = 'getToken(), 10,000 callers in 1 process';
const EIGHT = 'getToken(), 8 processes × 1,000';
const PEER_ONE = '@smithy/core memoizeIdentityProvider, 10,000 in 1';
const PEER_EIGHT = '@smithy/core memoizeIdentityProvider, 8 × 1,000';
const BARE = 'floor: one bare token request';

const SCENES = [
  { name: BARE, kind: 'bare', processes: 1, callers: 1 },
  { name: ONE, kind: 'library', processes: 1, callers: 10_000 },
  { name: PEER_ONE, kind: 'peer', processes: 1, callers: 10_000 },
  { name: EIGHT, kind: 'library', processes: 8, callers: 1_000 },
  { name: PEER_EIGHT, kind: 'peer', processes: 8, callers: 1_000 },
];

export default async function herd({ quick }) {
  const brokerage = await startBrokerage({ tokenLatencyMs: LATENCY_MS });
  const contenders = SCENES.map((scene) => ({ name: scene.name, run: () => play(scene, brokerage) }));
  const samples = await rotate(contenders, {
    rounds: quick ? 1 : 11,
    budgetMs: quick ? 1_000 : 100_000,
    warmUp: !quick,
  });
  return summary(samples);
}

/** With an unused key and directory: cold in every sense. */
async function play({ kind, processes, callers }, brokerage) {
  const account = newAccount({ baseUrl: brokerage.mockUrl });
  const order = JSON.stringify({ kind, account, tokenDir: temporaryDirectory(), callers });
  const children = await Promise.all(
    Array.from({ length: processes }, () => startScript('contenders/herd-process.mjs', { args: [order] })),
  );
  const began = performance.timeOrigin + performance.now();
  const answers = await Promise.all(children.map(({ child }) => ask(child, 'go')));
  const lastAt = Math.max(...answers.map((answer) => answer.lastAt));
  await Promise.all(children.map(({ child }) => stop(child)));
  const issues = await brokerage.issuesOf(account.appKey);
  return {
    beyondMs: lastAt - began - LATENCY_MS,
    issues: issues.length,
    refused: issues.filter(({ status }) => status !== 200).length,
    failed: processes * callers - answers.reduce((sum, { served }) => sum + served, 0),
  };
}

function summary(samples) {
  const most = (name, key) => Math.max(...samples.get(name).map((sample) => sample[key]));
  const beyond = (name, share) =>
    quantile(
      samples.get(name).map(({ beyondMs }) => beyondMs),
      share,
    );
  const targets = [ONE, EIGHT].flatMap((name) => [
    target(`${name}: token requests, most of any round`, {
      goal: 'exactly',
      limit: 1,
      measured: most(name, 'issues'),
    }),
    target(`${name}: last answer beyond the issuer's latency, median`, {
      goal: 'at most',
      limit: 250,
      measured: beyond(name, 0.5),
      unit: 'ms',
    }),
  ]);
  return {
    title: 'many callers, no token',
    tables: [
      {
        caption: `The issuer takes ${LATENCY_MS} ms; milliseconds until the last caller has an answer, beyond that`,
        columns: [
          'contender',
          'token requests',
          'refused (EGW00133)',
          'callers failed',
          'ms',
          'q1',
          'q3',
          'worst',
        ],
        rows: SCENES.map(({ name }) => [
          name,
          most(name, 'issues'),
          most(name, 'refused'),
          most(name, 'failed'),
          ...[0.5, 0.25, 0.75, 1].map((share) => beyond(name, share)),
        ]),
      },
    ],
    targets,
    notes: [
      'Counts are the highest of any round. Eight processes that share nothing each ask for a token of their own; KIS refuses all but the first, and its callers fail.',
    ],
  };
}
