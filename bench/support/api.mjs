// The API as a process, with accounts at some brokerage.
import { firstGoodAnswer, freePort, spawnApi } from './processes.mjs';
import { newAccount } from './project.mjs';

/** The variables of accounts: the first is `main`, the others are profiles. */
export function accountEnv(accounts) {
  const [main, ...profiles] = accounts;
  const variables = (prefix, { appKey, appSecret, accountNumber }) => ({
    [`${prefix}APP_KEY`]: appKey,
    [`${prefix}APP_SECRET`]: appSecret,
    [`${prefix}ACCOUNT_NUMBER`]: accountNumber,
  });
  const ofProfiles = profiles.map((each) => variables(`KIS_${each.alias.toUpperCase()}_`, each));
  return Object.assign(
    { KIS_PROFILES: profiles.map(({ alias }) => alias).join(',') },
    variables('KIS_', main),
    ...ofProfiles,
  );
}

export function newAccounts(count) {
  return Array.from({ length: count }, (_, index) => newAccount(index === 0 ? {} : { alias: `p${index}` }));
}

/** The variables of an API that talks to `brokerage` (an address) and keeps its tokens in `tokenDir`. */
export async function apiEnv(brokerage, accounts, tokenDir, more = {}) {
  return {
    PORT: String(await freePort()),
    KIS_SIMULATOR: 'false',
    KIS_BASE_URL: brokerage,
    KIS_TOKEN_DIR: tokenDir,
    KIS_REQUESTS_PER_SECOND: '1000',
    ...accountEnv(accounts),
    ...more,
  };
}

/** Starts it and waits until it is ready; resolves with process and port. */
export async function startApi(env, options) {
  const child = spawnApi(env, options);
  await firstGoodAnswer(`http://127.0.0.1:${env.PORT}/health/ready`, child);
  return { child, port: Number(env.PORT) };
}
