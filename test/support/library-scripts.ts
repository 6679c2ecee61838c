/** Opens the library with the account of the environment, as a script would: `kis` is the application context. */
const OPEN = `
  const { NestFactory } = require('@nestjs/core');
  const { ScheduleModule } = require('@nestjs/schedule');
  const { KisHttpService, KisModule, KisTokenService, ...library } = require('./kis');
  const env = process.env;
  class ScriptModule {}
  const open = () =>
    NestFactory.createApplicationContext(
      {
        module: ScriptModule,
        imports: [
          ScheduleModule.forRoot(),
          KisModule.forRoot({
            accounts: [
              {
                mode: 'MOCK',
                appKey: env.KIS_APP_KEY,
                appSecret: env.KIS_APP_SECRET,
                accountNumber: env.KIS_ACCOUNT_NUMBER,
                baseUrl: env.KIS_BASE_URL,
                requestsPerSecond: Number(env.KIS_REQUESTS_PER_SECOND),
                requestTimeoutMs: Number(env.KIS_REQUEST_TIMEOUT_MS ?? 20_000),
                htsId: env.KIS_HTS_ID,
                orders: { enabled: true },
              },
            ],
          }),
        ],
      },
      { logger: false },
    );
  const price = (kis, symbol, signal) =>
    kis.get(KisHttpService, { strict: false }).axiosRef.get('/uapi/domestic-stock/v1/quotations/inquire-price', {
      headers: { tr_id: 'FHKST01010100' },
      params: { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol },
      signal,
    });
`;

/** A script over the library; it never closes the application, so it ends when nothing is left to do. */
export function libraryScript(body: string): string {
  return `${OPEN}\nopen().then(async (kis) => { ${body} }).catch((error) => { console.log(error.code ?? error.message); process.exitCode = 1; });`;
}

export const GET_TOKEN = libraryScript(`
  const token = await kis.get(KisTokenService).getToken();
  console.log(token.accessToken.split('.').length === 3 ? 'a token' : 'no token');
`);

/** Orders, so that the notices about it are followed, and has registered for trades in the same session. */
export const PLACE_ORDER = libraryScript(`
  const account = kis.get(library.KisConfiguration, { strict: false }).account();
  const session = kis.get(library.KisRealtimeSessions, { strict: false }).of(account);
  const order = { symbol: '005930', side: 'buy', type: 'limit', quantity: '1', price: '70000' };
  const placed = await kis.get(library.KisOrderService, { strict: false }).place(account, order);
  const answer = await session.open({ frame: () => undefined }).register('H0STCNT0', '005930');
  console.log(placed.order.status, answer.code, session.registrations().length);
`);
