// What a valid token, pacing and the judgement of the answer add to a request.
import http from 'node:http';
import { balanceHeaders, BALANCE_PATH, BALANCE_TR_ID, balanceQuery } from './support/balance-call.mjs';
import { median, nanoseconds, ratios, rotate, spread } from './support/harness.mjs';
import { freshToken, kis, newAccount, openLibrary } from './support/project.mjs';
import { target } from './support/report.mjs';
import { fromProject } from './support/resolve.mjs';
import { startUpstream } from './support/upstream.mjs';

const BARE = 'floor: bare axios, fixed headers';
const OURS = 'KisHttpService';
/** More than are sent: what is measured is the chain, not the wait for a turn. */
const PER_SECOND = 100_000;

export default async function attach({ quick }) {
  const upstream = await startUpstream();
  const account = newAccount({ baseUrl: upstream.url, requestsPerSecond: PER_SECOND });
  const library = await openLibrary({ accounts: [account], tokenStore: 'memory' });
  const [{ credential }] = library.get(kis.KisConfiguration).accounts;
  const token = freshToken(credential);
  await library.get(kis.KisTokenService).saveToken(token);
  const ours = library.get(kis.KisHttpService).axiosRef;
  const bare = bareAxios(upstream.url, account, token);
  const call = callOver(bare, ours, account);
  const { data, headers } = await recordedAnswer(upstream.url, account, library);

  const loopback = await overLoopback(call, quick);
  replaceNetwork(library, bare, { data, headers });
  const withoutNetwork = await noOp(call, quick);
  await library.close();
  return summary(loopback, withoutNetwork);
}

function bareAxios(baseURL, account, token) {
  const axios = fromProject('axios');
  return axios.create({
    baseURL,
    adapter: 'http',
    httpAgent: new http.Agent({ keepAlive: true }),
    maxRedirects: 0,
    proxy: false,
    headers: balanceHeaders(account, token.accessToken),
  });
}

function callOver(bare, ours, account) {
  const params = balanceQuery(account.accountNumber);
  return {
    bare: () => bare.get(BALANCE_PATH, { params }),
    ours: () => ours.get(BALANCE_PATH, { params, headers: { tr_id: BALANCE_TR_ID } }),
  };
}

/** The replay needs one good answer to begin with, and only a token of the simulator itself gets one. */
async function recordedAnswer(url, account, library) {
  const auth = fromProject('./dist/kis/auth/http-kis-auth.client.js');
  const issuer = library.get(kis.KisAuthClient) ?? new auth.HttpKisAuthClient();
  const [{ credential }] = library.get(kis.KisConfiguration).accounts;
  const { accessToken } = await issuer.issue(credential, 10_000);
  const response = await fetch(
    `${url}${BALANCE_PATH}?${new URLSearchParams(balanceQuery(account.accountNumber)).toString()}`,
    {
      headers: balanceHeaders(account, accessToken),
    },
  );
  if (!response.ok) throw new Error(`The simulator answered ${response.status}: ${await response.text()}`);
  return { data: await response.text(), headers: Object.fromEntries(response.headers) };
}

/** One request after the other, so that nothing but the chain itself is between two of them. */
function overLoopback(call, quick) {
  const calls = quick ? 200 : 1000;
  const timed = (one) => async () => {
    const began = performance.now();
    for (let turn = 0; turn < calls; turn += 1) await one();
    return ((performance.now() - began) * 1000) / calls;
  };
  const contenders = [
    { name: BARE, run: timed(call.bare) },
    { name: OURS, run: timed(call.ours) },
  ];
  return rotate(contenders, { rounds: quick ? 5 : 31, budgetMs: quick ? 4_000 : 60_000 });
}

/** Puts an answer in the place of axios's http adapter, and of the library's exchange, which is what it has instead. */
function replaceNetwork(library, bare, { data, headers }) {
  const { AxiosHeaders } = fromProject('axios');
  bare.defaults.adapter = async (config) => ({
    data,
    status: 200,
    statusText: 'OK',
    headers: new AxiosHeaders(headers),
    config,
  });
  const { KisExchange } = fromProject('./dist/kis/transport/kis-exchange.js');
  const bytes = Buffer.from(data);
  const wire = { status: 200, rawHeaders: Object.entries(headers).flat(), bytes };
  const answer = { kind: 'answered', status: 200, text: data, bytes, headers, wire };
  library.get(KisExchange).send = async () => answer;
}

async function noOp(call, quick) {
  const contenders = [
    { name: BARE, call: call.bare, awaited: true },
    { name: OURS, call: call.ours, awaited: true },
  ];
  const bounds = quick
    ? { rounds: 5, sampleMs: 50, budgetMs: 3_000 }
    : { rounds: 31, sampleMs: 200, budgetMs: 30_000 };
  const samples = await nanoseconds(contenders, bounds);
  return new Map([...samples].map(([name, values]) => [name, values.map((ns) => ns / 1000)]));
}

function summary(loopback, withoutNetwork) {
  const loopbackUs = median(loopback.get(BARE));
  const added = (samples) => samples.get(OURS).map((us, round) => us - samples.get(BARE)[round]);
  const share = 100 * (ratios(loopback, OURS, BARE).median - 1);
  const noOpShare = (100 * median(added(withoutNetwork))) / loopbackUs;
  const atMost5 = (what, measured) => target(what, { goal: 'at most', limit: 5, measured, unit: '%' });
  return {
    title: 'what is added to a request',
    tables: [
      table('One request after the other over loopback, µs', loopback),
      table('The same without a network (an adapter that answers at once), µs', withoutNetwork),
    ],
    notes: [
      "The library sends over Node's own HTTP instead of axios's http adapter, so over loopback it can take away more than it adds; without a network both have only their own work.",
    ],
    targets: [
      atMost5('added to a loopback request', share),
      atMost5('added without a network, of a loopback request', noOpShare),
    ],
  };

  function table(caption, samples) {
    const rows = [BARE, OURS].map((name) => {
      const us = spread(samples.get(name));
      const ratio = ratios(samples, name, BARE);
      return [name, us.median, us.q1, us.q3, ratio.median, ratio.q1, ratio.q3];
    });
    const extra = spread(added(samples));
    return {
      caption,
      columns: ['contender', 'µs', 'q1', 'q3', '× floor', 'q1', 'q3'],
      rows: [...rows, ['added', extra.median, extra.q1, extra.q3, '', '', '']],
    };
  }
}
