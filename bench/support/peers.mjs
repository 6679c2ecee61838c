// Token code of other fields, each with a fresh token in its cache: functions that answer as it does when all is well.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const HOUR_MS = 3_600_000;
const require = createRequire(import.meta.url);

/** `{ name, call }` of every peer that can be loaded, `{ name, missing }` of one that cannot. */
export function loadPeers(accessToken) {
  const peers = [
    ['google-auth-library getAccessToken', google],
    ['@smithy/core memoizeIdentityProvider', smithy],
    ['@azure/core-rest-pipeline tokenCycler', azure],
    ['@octokit/auth-app installation, cached', octokit],
    ['@azure/msal-node client credential, cached', msal],
  ];
  return Promise.all(
    peers.map(async ([name, open]) => {
      try {
        const call = await open(accessToken);
        await call();
        return { name, call };
      } catch (error) {
        return { name, missing: error.message.split('\n')[0] };
      }
    }),
  );
}

async function google(accessToken) {
  const { OAuth2Client } = await import('google-auth-library');
  const client = new OAuth2Client();
  client.setCredentials({
    access_token: accessToken,
    refresh_token: 'r',
    expiry_date: Date.now() + 12 * HOUR_MS,
  });
  return () => client.getAccessToken();
}

async function smithy(accessToken) {
  const { memoizeIdentityProvider, isIdentityExpired, doesIdentityRequireRefresh } =
    await import('@smithy/core');
  const identity = { token: accessToken, expiration: new Date(Date.now() + 12 * HOUR_MS) };
  return memoizeIdentityProvider(async () => identity, isIdentityExpired, doesIdentityRequireRefresh);
}

/** Not exported: taken from its file, because the policy around it would be measured too. */
async function azure(accessToken) {
  const folder = dirname(require.resolve('@azure/core-rest-pipeline/package.json'));
  const file = join(folder, 'dist', 'esm', 'util', 'tokenCycler.js');
  const { createTokenCycler } = await import(pathToFileURL(file).href);
  const token = { token: accessToken, expiresOnTimestamp: Date.now() + 12 * HOUR_MS };
  const cycler = createTokenCycler({ getToken: async () => token });
  const options = {};
  return () => cycler('scope', options);
}

async function octokit(accessToken) {
  const { createAppAuth } = await import('@octokit/auth-app');
  const data = {
    token: accessToken,
    expires_at: new Date(Date.now() + HOUR_MS).toISOString(),
    permissions: {},
    repository_selection: 'all',
  };
  const auth = createAppAuth({
    appId: 1,
    installationId: 1,
    createJwt: async () => ({ jwt: 'j', expiresAt: data.expires_at }),
    request: async () => ({ data }),
  });
  return () => auth({ type: 'installation' });
}

async function msal(accessToken) {
  const { ConfidentialClientApplication } = await import('@azure/msal-node');
  const authority = 'https://login.example.com/tenant';
  const body = {
    token_type: 'Bearer',
    access_token: accessToken,
    expires_in: 86_400,
    ext_expires_in: 86_400,
  };
  const networkClient = {
    sendGetRequestAsync: async () => ({ status: 404, headers: {}, body: {} }),
    sendPostRequestAsync: async () => ({ status: 200, headers: {}, body }),
  };
  const metadata = {
    authorization_endpoint: `${authority}/authorize`,
    token_endpoint: `${authority}/token`,
    issuer: authority,
    jwks_uri: `${authority}/keys`,
  };
  const client = new ConfidentialClientApplication({
    auth: {
      clientId: 'client',
      clientSecret: 'secret',
      authority,
      knownAuthorities: ['login.example.com'],
      authorityMetadata: JSON.stringify(metadata),
    },
    system: { networkClient },
  });
  const request = { scopes: ['scope/.default'] };
  return () => client.acquireTokenByClientCredential(request);
}
