// What a valid token costs.
import { nanoseconds, ratios, spread } from './support/harness.mjs';
import { loadPeers } from './support/peers.mjs';
import { freshToken, kis, newAccount, openLibrary } from './support/project.mjs';
import { target } from './support/report.mjs';

const ACCOUNTS = 4;
const FLOOR = 'floor: Map.get + Date.now()';
const OURS = 'getToken()';
const OURS_AWAITED = 'await getToken()';
const AWAITED_FLOOR = 'an async function, awaited';

export default async function hot({ quick }) {
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => newAccount({ alias: `a${index}` }));
  const library = await openLibrary({ accounts, tokenStore: 'memory' });
  const tokens = library.get(kis.KisTokenService);
  const { accounts: opened } = library.get(kis.KisConfiguration);
  for (const { credential } of opened) await tokens.saveToken(freshToken(credential));
  const aliases = accounts.map(({ alias }) => alias);
  const first = tokens.getToken(aliases[0]);
  const peers = await loadPeers(first.accessToken);

  const samples = await nanoseconds(
    [
      { name: FLOOR, call: floorOver(aliases, tokens), awaited: false },
      { name: OURS, call: (turn) => tokens.getToken(aliases[turn & 3]), awaited: false },
      { name: AWAITED_FLOOR, call: asyncFunction(first), awaited: true },
      { name: OURS_AWAITED, call: (turn) => tokens.getToken(aliases[turn & 3]), awaited: true },
      ...peers
        .filter(({ call }) => call)
        .map(({ name, call }) => ({ name, call: () => call(), awaited: true })),
    ],
    quick ? { rounds: 5, sampleMs: 20, budgetMs: 5_000 } : { rounds: 31, sampleMs: 60, budgetMs: 60_000 },
  );
  await library.close();
  return summary(samples, peers);
}

/** The least that can answer "is there a token for this alias, and is it still good?". */
function floorOver(aliases, tokens) {
  const known = new Map(aliases.map((alias) => [alias, tokens.getToken(alias)]));
  return (turn) => {
    const token = known.get(aliases[turn & 3]);
    return token !== undefined && Date.now() < token.refreshAt ? token : null;
  };
}

function asyncFunction(token) {
  return async () => (Date.now() < token.refreshAt ? token : null);
}

function summary(samples, peers) {
  const rows = [...samples.keys()].map((name) => {
    const ns = spread(samples.get(name));
    const ratio = ratios(samples, name, FLOOR);
    return [name, ns.median, ns.q1, ns.q3, ratio.median, ratio.q1, ratio.q3];
  });
  const missing = peers
    .filter((peer) => peer.missing)
    .map((peer) => [peer.name, `not to be had: ${peer.missing}`]);
  const medianOf = (name) => spread(samples.get(name)).median;
  const rivals = peers.filter((peer) => peer.call).map(({ name }) => name);
  const nearest = rivals.reduce((best, name) => (medianOf(name) < medianOf(best) ? name : best), rivals[0]);
  const floor = ratios(samples, OURS, FLOOR).median;
  const rival = nearest && ratios(samples, OURS, nearest).median;
  const awaited = nearest && ratios(samples, OURS_AWAITED, nearest).median;
  return {
    title: 'a valid token',
    tables: [
      {
        caption: `Nanoseconds for a valid token, ${ACCOUNTS} accounts in turn; ratios to the floor of the same round`,
        columns: ['contender', 'ns', 'q1', 'q3', '× floor', 'q1', 'q3'],
        rows: [...rows, ...missing],
      },
    ],
    targets: [
      target('getToken() against the floor', { goal: 'at most', limit: 1.5, measured: floor, unit: '×' }),
      ...(nearest
        ? [
            target(`getToken() against the nearest peer (${nearest})`, {
              goal: 'below',
              limit: 1,
              measured: rival,
              unit: '×',
            }),
          ]
        : []),
    ],
    notes: nearest
      ? [
          `Who awaits getToken() although it is a plain value pays for the await as with any async function: ${awaited.toFixed(2)} × ${nearest}, which knows one identity and looks none up.`,
        ]
      : [],
  };
}
