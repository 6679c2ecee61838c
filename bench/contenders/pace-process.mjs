// Calls to KIS under one kind of pacing. A child of bench/pace.mjs.
import Bottleneck from 'bottleneck';
import pThrottle from 'p-throttle';
import { balanceHeaders } from '../support/balance-call.mjs';
import { pause } from '../support/harness.mjs';
import { kis, openLibrary } from '../support/project.mjs';
import { fromProject } from '../support/resolve.mjs';

const TR_ID = 'FHKST01010100';
const PARAMS = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };
const WINDOW_MS = 1_000;
/** Longer than any window, shorter than an idle connection is kept. */
const REST_MS = 2_000;

const { kind, account, calls, perSecond, path, warmUp, tokenDir } = JSON.parse(process.argv[2]);

const PACED = {
  none: () => (work) => work(),
  spaced: () => pacedBy(new Bottleneck({ minTime: WINDOW_MS / perSecond })),
  reservoir: () =>
    pacedBy(
      new Bottleneck({
        reservoir: perSecond,
        reservoirRefreshAmount: perSecond,
        reservoirRefreshInterval: WINDOW_MS,
      }),
    ),
  strict: () => pThrottle({ limit: perSecond, interval: WINDOW_MS, strict: true })((work) => work()),
};

function pacedBy(limiter) {
  return (work) => limiter.schedule(work);
}

async function libraryCalls() {
  const store = tokenDir === undefined ? { tokenStore: 'memory' } : { tokenStore: 'file', tokenDir };
  const library = await openLibrary({ accounts: [account], ...store });
  await library.get(kis.KisTokenService).getToken();
  const { axiosRef } = library.get(kis.KisHttpService);
  return () => axiosRef.get(path, { params: PARAMS, headers: { tr_id: TR_ID } });
}

async function plainCalls(paced) {
  const issued = await fetch(`${account.baseUrl}/oauth2/tokenP`, {
    method: 'POST',
    body: JSON.stringify({
      grant_type: 'client_credentials',
      appkey: account.appKey,
      appsecret: account.appSecret,
    }),
  });
  const { access_token: token } = await issued.json();
  const headers = { ...balanceHeaders(account, token), tr_id: TR_ID };
  const url = `${account.baseUrl}${path}?${new URLSearchParams(PARAMS).toString()}`;
  return () =>
    paced(async () => {
      const response = await fetch(url, { headers });
      const { rt_cd: code } = await response.json();
      if (code !== '0') throw new Error('refused');
    });
}

const send = kind === 'library' ? await libraryCalls() : await plainCalls(PACED[kind]());
process.once('disconnect', () => process.exit());
process.on('message', async () => {
  const began = performance.now();
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, send));
  process.send({
    seconds: (performance.now() - began) / 1000,
    failed: outcomes.filter(({ status }) => status === 'rejected').length,
  });
});
if (warmUp > 0) {
  await Promise.allSettled(Array.from({ length: warmUp }, send));
  await pause(REST_MS);
}
process.send('ready');
