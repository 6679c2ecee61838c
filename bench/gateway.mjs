// A read of a program by the gateway, against the same read sent directly, and against the least that can pass it on.
import { startApi, apiEnv, newAccounts } from './support/api.mjs';
import { BALANCE_PATH, balanceHeaders, balanceQuery } from './support/balance-call.mjs';
import { median, quantile, ratios, rotate } from './support/harness.mjs';
import { startLoad } from './support/load.mjs';
import { cpuSeconds, firstGoodAnswer, freePort, spawnScript, stop } from './support/processes.mjs';
import { temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { startUpstream } from './support/upstream.mjs';

const OURS = 'the gateway';
const PROXY = 'bare node:http + undici proxy';
const DIRECT = 'direct call';
const CONNECTIONS = [1, 16, 64];
/** What a response of KIS may take; an assumption, nothing was measured against KIS. */
const USUAL_MS = 20;
const CONNECTIONS_WHEN_USUAL = [16, 64];
/**
 * Each connection takes them in turn. The pace of one app key, a thousand calls a second at most, would be the limit
 * otherwise, also of a single connection.
 */
const ACCOUNTS = 64;

export default async function gateway({ quick }) {
  const upstream = await startUpstream();
  const load = await startLoad();
  const accounts = newAccounts(ACCOUNTS);
  const state = temporaryDirectory();
  const more = { KIS_GATEWAY: 'true', KIS_STATE_DIR: state };
  const api = await startApi(await apiEnv(upstream.url, accounts, temporaryDirectory(), more));
  const tokens = [];
  for (const account of accounts) tokens.push(await tokenOf(api.port, account));
  const query = new URLSearchParams(balanceQuery(accounts[0].accountNumber)).toString();
  const path = `${BALANCE_PATH}?${query}`;
  const headers = accounts.map((account, index) => balanceHeaders(account, tokens[index]));
  await firstAnswer(`http://127.0.0.1:${api.port}/kis/mock${path}`, headers[0]);
  const proxy = await startProxy(upstream.url, path, headers[0], tokens[0]);
  const contenders = [
    { name: DIRECT, port: Number(new URL(upstream.url).port), paths: [path] },
    { name: PROXY, ...proxy, paths: [`/kis/mock${path}`] },
    { name: OURS, ...api, paths: [`/kis/mock${path}`] },
  ];
  // Compiled code before the first figure: a single connection alone takes long to get there.
  for (const { port, paths } of contenders)
    await load.closed({ port, paths, headers, connections: 16, ms: quick ? 250 : 2_000 });
  const results = new Map();
  for (const connections of CONNECTIONS)
    results.set(connections, await compare(load, contenders, { connections, headers, quick }));
  await upstream.answerAfter(USUAL_MS);
  const usual = new Map();
  for (const connections of CONNECTIONS_WHEN_USUAL)
    usual.set(connections, await compare(load, contenders, { connections, headers, quick }));
  await Promise.all([api, proxy].map(({ child }) => stop(child)));
  return summary(results, usual);
}

async function tokenOf(port, { appKey: appkey, appSecret: appsecret }) {
  const body = JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret });
  const answer = await fetch(`http://127.0.0.1:${port}/kis/mock/oauth2/tokenP`, { method: 'POST', body });
  if (answer.status !== 200) throw new Error(`tokenP was answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).access_token;
}

async function firstAnswer(url, headers) {
  const answer = await fetch(url, { headers });
  if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}: ${await answer.text()}`);
}

async function startProxy(upstream, path, headers, token) {
  const port = await freePort();
  const child = spawnScript('contenders/bare-proxy.mjs', { args: [String(port), upstream, token] });
  await firstGoodAnswer(`http://127.0.0.1:${port}/kis/mock${path}`, child);
  return { child, port };
}

function compare(load, contenders, { connections, headers, quick }) {
  const runs = contenders.map(({ name, child, port, paths }) => ({
    name,
    run: async () => {
      const before = child ? cpuSeconds(child.pid) : null;
      const ms = quick ? 250 : 1_000;
      const { seconds, failures, latencies } = await load.closed({ port, paths, headers, connections, ms });
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
  return rotate(runs, { rounds: quick ? 1 : 9, budgetMs: quick ? 1_000 : 30_000 });
}

function tableOf(samples, caption) {
  return {
    caption,
    columns: ['contender', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs a request'],
    rows: [DIRECT, PROXY, OURS].map((name) => {
      const of = (key) => median(samples.get(name).map((sample) => sample[key] ?? Number.NaN));
      return [name, of('perSecond'), of('p50'), of('p99'), of('cpuUs')];
    }),
  };
}

function throughput(samples, where) {
  return target(`requests/s against ${PROXY} at ${where}`, {
    goal: 'at least',
    limit: 0.8,
    measured: ratios(samples, OURS, PROXY, ({ perSecond }) => perSecond).median,
    unit: '×',
  });
}

function summary(results, usual) {
  const inWords = (connections) => `${connections} connection${connections === 1 ? '' : 's'}`;
  const whenUsual = `a brokerage that takes ${USUAL_MS} ms`;
  const tables = [
    ...[...results].map(([connections, samples]) => tableOf(samples, inWords(connections))),
    ...[...usual].map(([connections, samples]) => tableOf(samples, `${inWords(connections)}, ${whenUsual}`)),
  ];
  const one = results.get(1);
  const p50Of = (name) => median(one.get(name).map(({ p50 }) => p50));
  return {
    title: 'a read of a program by the gateway',
    tables,
    targets: [
      target('added p50 over a direct call, at 1 connection', {
        goal: 'at most',
        limit: 0.3,
        measured: p50Of(OURS) - p50Of(DIRECT),
        unit: 'ms',
      }),
      ...[...results].map(([connections, samples]) => throughput(samples, connections)),
      ...[...usual].map(([connections, samples]) => throughput(samples, `${connections}, ${whenUsual}`)),
    ],
    notes: [
      `Where nothing else is said the brokerage takes no time, and requests/s is what a core can do. ${USUAL_MS} ms a response is an assumption; no figure of KIS's own is known.`,
      'The brokerage is a replay of one answer of the simulator in a process of its own. All contenders are asked over the same number of kept connections, by requests with 64 app keys in turn: with one, the pace that is allowed for it would be the limit. The proxy only puts another token in place and passes on.',
    ],
  };
}
