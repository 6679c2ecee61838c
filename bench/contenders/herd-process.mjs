// Many callers of one process that all want a token at one moment, with nothing cached. A child of bench/herd.mjs.
import { memoizeIdentityProvider } from '@smithy/core';
import { kis, openLibrary } from '../support/project.mjs';

const { kind, account, tokenDir, callers } = JSON.parse(process.argv[2]);

/** One token request, as the library makes it. */
async function requestToken() {
  const response = await fetch(`${account.baseUrl}/oauth2/tokenP`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      appkey: account.appKey,
      appsecret: account.appSecret,
    }),
  });
  const { access_token: token, expires_in: seconds } = await response.json();
  if (!token) throw new Error('refused');
  return { token, expiration: new Date(Date.now() + seconds * 1000) };
}

async function openCaller() {
  if (kind === 'bare') return requestToken;
  if (kind === 'peer') {
    const provider = memoizeIdentityProvider(
      requestToken,
      ({ expiration }) => Date.now() > expiration.getTime(),
      () => true,
    );
    return async () => provider();
  }
  const library = await openLibrary({ accounts: [account], tokenStore: 'file', tokenDir });
  const tokens = library.get(kis.KisTokenService);
  return async () => tokens.getToken();
}

const now = () => performance.timeOrigin + performance.now();
const call = await openCaller();
process.once('disconnect', () => process.exit());
process.on('message', async () => {
  const results = await Promise.allSettled(Array.from({ length: callers }, call));
  const lastAt = now();
  process.send({ lastAt, served: results.filter(({ status }) => status === 'fulfilled').length });
});
process.send('ready');
