// From the start of the process to the first balance.
import { accountEnv, apiEnv, newAccounts, startApi } from './support/api.mjs';
import { ratios, rotate, spread } from './support/harness.mjs';
import { firstGoodAnswer, freePort, get, spawnApi, spawnScript, stop } from './support/processes.mjs';
import { temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { startUpstream } from './support/upstream.mjs';

const HELLO = 'Nest hello world';
const BARE = 'floor: bare node:http + undici';
const NEST = 'plain Nest + @nestjs/axios';
const STORED = 'the API, token stored';
const COLD = 'the API, no token';
const BALANCE = '/api/accounts/main/balance';

export default async function start({ quick }) {
  const upstream = await startUpstream();
  const stored = await apiEnv(upstream.url, newAccounts(1), temporaryDirectory());
  await storeToken(stored);
  const contenders = [
    { name: BARE, run: () => timeScript('bare.mjs', BALANCE, [upstream.url, 'token']) },
    { name: HELLO, run: () => timeScript('hello-nest.mjs', '/', []) },
    { name: NEST, run: () => timeScript('plain-nest.mjs', BALANCE, [upstream.url, 'token']) },
    { name: STORED, run: () => timeApi(stored) },
    // A key of its own each time: KIS gives one token a minute for a key.
    {
      name: COLD,
      run: () => timeApi({ ...stored, ...accountEnv(newAccounts(1)), KIS_TOKEN_DIR: temporaryDirectory() }),
    },
  ];
  const samples = await rotate(contenders, {
    rounds: quick ? 1 : 15,
    budgetMs: quick ? 1_000 : 120_000,
    warmUp: !quick,
  });
  return summary(samples);
}

async function storeToken(env) {
  const { child, port } = await startApi(env);
  const { status, text } = await get(`http://127.0.0.1:${port}${BALANCE}`);
  if (status !== 200) throw new Error(`The API answered ${status}: ${text}`);
  await stop(child, 'SIGTERM');
}

async function timeScript(file, path, args) {
  const port = await freePort();
  return timeProcess(
    () => spawnScript(`contenders/${file}`, { args: [String(port), ...args] }),
    `http://127.0.0.1:${port}${path}`,
  );
}

async function timeApi(env) {
  const PORT = String(await freePort());
  return timeProcess(() => spawnApi({ ...env, PORT }), `http://127.0.0.1:${PORT}${BALANCE}`);
}

async function timeProcess(spawn, url) {
  const began = performance.now();
  const child = spawn();
  const answeredAt = await firstGoodAnswer(url, child);
  await stop(child);
  return answeredAt - began;
}

function summary(samples) {
  const rows = [BARE, HELLO, NEST, STORED, COLD].map((name) => {
    const ms = spread(samples.get(name));
    const ratio = ratios(samples, name, HELLO);
    return [name, ms.median, ms.q1, ms.q3, ratio.median, ratio.q1, ratio.q3];
  });
  const measured = ratios(samples, STORED, HELLO).median;
  return {
    title: 'process start to the first balance',
    tables: [
      {
        caption:
          'Milliseconds from the start of the process to the first good answer (hello world: to its own)',
        columns: ['contender', 'ms', 'q1', 'q3', '× hello world', 'q1', 'q3'],
        rows,
      },
    ],
    targets: [
      target('with a stored token, against Nest hello world', {
        goal: 'at most',
        limit: 1.5,
        measured,
        unit: '×',
      }),
    ],
  };
}
