// The whole way of GET /api/accounts/:alias/balance, against the least that could do the same.
import { startApi, apiEnv, newAccounts } from './support/api.mjs';
import { median, quantile, ratios, rotate } from './support/harness.mjs';
import { startLoad } from './support/load.mjs';
import { cpuSeconds, firstGoodAnswer, freePort, get, spawnScript, stop } from './support/processes.mjs';
import { temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { startUpstream } from './support/upstream.mjs';

const OURS = 'the API, each connection another account';
const SHARED = 'the API, all the same account';
const NEST = 'plain Nest + @nestjs/axios';
const HELLO = 'Nest hello world, no call to KIS';
const BARE = 'floor: bare node:http + undici';
const CONNECTIONS = [1, 16, 64];
/** As many as connections, so that no two of them ask the same and nothing can be shared. */
const ACCOUNTS = 64;

export default async function balance({ quick }) {
  const upstream = await startUpstream();
  const load = await startLoad();
  const accounts = newAccounts(ACCOUNTS);
  const api = await startApi(await apiEnv(upstream.url, accounts, temporaryDirectory()));
  const paths = accounts.map(({ alias }) => `/api/accounts/${alias}/balance`);
  // The upstream needs one answer of the simulator to replay.
  const recorded = await get(`http://127.0.0.1:${api.port}${paths[0]}`);
  if (recorded.status !== 200) throw new Error(`The API answered ${recorded.status}: ${recorded.text}`);
  const nest = await startContender('plain-nest.mjs', upstream.url, paths[0]);
  const bare = await startContender('bare.mjs', upstream.url, paths[0]);
  const hello = await startContender('hello-nest.mjs', upstream.url, '/');
  const contenders = [
    { name: BARE, ...bare, paths },
    { name: HELLO, ...hello, paths: ['/'] },
    { name: NEST, ...nest, paths },
    { name: OURS, ...api, paths },
    { name: SHARED, ...api, paths: [paths[0]] },
  ];
  const results = new Map();
  for (const connections of CONNECTIONS)
    results.set(connections, await compare(load, contenders, connections, quick));
  await Promise.all([api, nest, bare, hello].map(({ child }) => stop(child)));
  return summary(results);
}

async function startContender(file, upstream, path) {
  const port = await freePort();
  const child = spawnScript(`contenders/${file}`, { args: [String(port), upstream, 'token'] });
  await firstGoodAnswer(`http://127.0.0.1:${port}${path}`, child);
  return { child, port };
}

function compare(load, contenders, connections, quick) {
  const runs = contenders.map(({ name, child, port, paths }) => ({
    name,
    run: async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`${name} has ended by itself: ${child.output?.() ?? ''}`);
      const before = cpuSeconds(child.pid);
      const { seconds, failures, latencies } = await load.closed({
        port,
        paths,
        connections,
        ms: quick ? 250 : 1_500,
      });
      if (failures > 0) throw new Error(`${name}: ${failures} answers were not good.`);
      const cpuUs = before === null ? null : ((cpuSeconds(child.pid) - before) * 1e6) / latencies.length;
      return {
        perSecond: latencies.length / seconds,
        p50: median(latencies),
        p99: quantile(latencies, 0.99),
        cpuUs,
      };
    },
  }));
  return rotate(runs, { rounds: quick ? 1 : 9, budgetMs: quick ? 1_000 : 50_000 });
}

function summary(results) {
  const perSecond = (sample) => sample.perSecond;
  const tables = [...results].map(([connections, samples]) => ({
    caption: `${connections} connection${connections === 1 ? '' : 's'}`,
    columns: ['contender', 'requests/s', '× floor', 'q1', 'q3', 'p50 ms', 'p99 ms', 'CPU µs a request'],
    rows: [BARE, HELLO, NEST, OURS, SHARED].map((name) => {
      const of = (key) => median(samples.get(name).map((sample) => sample[key] ?? Number.NaN));
      const ratio = ratios(samples, name, BARE, perSecond);
      return [name, of('perSecond'), ratio.median, ratio.q1, ratio.q3, of('p50'), of('p99'), of('cpuUs')];
    }),
  }));
  const ratioAt = (connections, name, base) => ratios(results.get(connections), name, base, perSecond).median;
  const against = (base, limit) =>
    CONNECTIONS.map((connections) =>
      target(`requests/s against ${base} at ${connections}`, {
        goal: 'at least',
        limit,
        measured: ratioAt(connections, OURS, base),
        unit: '×',
      }),
    );
  return {
    title: 'GET /api/accounts/main/balance',
    tables,
    targets: [
      ...against(NEST, 0.9),
      ...against(BARE, 0.5),
      ...[NEST, BARE].map((base) =>
        target(`coalescing, at 64, against ${base}`, {
          goal: 'above',
          limit: 1,
          measured: ratioAt(64, SHARED, base),
          unit: '×',
        }),
      ),
    ],
    notes: [
      'The brokerage is a replay of one answer of the simulator (10 holdings) in a process of its own; load comes from another one. On two cores the brokerage and the load share what the server leaves, which holds the fast contenders back more than the slow ones: CPU a request is the fairer figure.',
      'Identical reads in flight are always shared. So that nothing can be, each connection asks for another account, with its own app key.',
    ],
  };
}
