// An order of the library, against the least that could place it: what check, journal and pacing add to KIS's own time.
import { setMaxListeners } from 'node:events';
import { Agent, request } from 'undici';
import { median, pause, quantile, rotate } from './support/harness.mjs';
import { kis, newAccount, openLibrary, temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { startBrokerage } from './support/simulator.mjs';

const OURS = 'KisOrderService.place';
const POST = "floor: KIS's own response to the order";
const READ = "KIS's own response to one read";
const STOCK = '005930';
const READS = 200;
/** Shared by processes through the log of permits, and never waited for between two orders. */
const PER_SECOND = 100;
const REAL_PER_SECOND = 18;

export default async function order({ quick }) {
  const brokerage = await startBrokerage({ realPerSecond: 1000, sessions: 'open', fills: 'manual' });
  const placed = await placeMany(brokerage, quick ? 20 : 300);
  const waits = await orderAmongReads(brokerage);
  return summary(placed, waits);
}

function accountsOf(brokerage, count, requestsPerSecond) {
  return Array.from({ length: count }, (_, index) =>
    newAccount({
      alias: `a${index}`,
      mode: 'REAL',
      baseUrl: brokerage.realUrl,
      requestsPerSecond,
      orders: { enabled: true, maxPerMinute: null },
    }),
  );
}

async function open(accounts) {
  const library = await openLibrary({
    accounts,
    tokenDir: temporaryDirectory(),
    stateDir: temporaryDirectory(),
  });
  const configuration = library.get(kis.KisConfiguration);
  const tokens = library.get(kis.KisTokenService);
  for (const { alias } of accounts) await tokens.getToken(alias);
  return { library, tokens, of: (alias) => configuration.account(alias) };
}

/** One after another, as a program gives them; the contenders take turns. */
async function placeMany(brokerage, rounds) {
  // The cash of one account is enough for about a hundred orders of either kind.
  const accounts = accountsOf(brokerage, Math.ceil(rounds / 60), PER_SECOND);
  const { library, tokens, of } = await open(accounts);
  const orders = library.get(kis.KisOrderService);
  const price = await lowestPrice(library, of(accounts[0].alias));
  const dispatcher = new Agent();
  const headersOf = async ({ alias, appKey, appSecret }, trId) => ({
    'content-type': 'application/json; charset=utf-8',
    authorization: (await tokens.getToken(alias)).authorization,
    appkey: appKey,
    appsecret: appSecret,
    tr_id: trId,
    custtype: 'P',
  });
  const call = async (account, path, trId, options) => {
    const headers = await headersOf(account, trId);
    const { body } = await request(`${brokerage.realUrl}${path}`, { dispatcher, headers, ...options });
    const { rt_cd: result, msg1 } = await body.json();
    if (result !== '0') throw new Error(`The simulator refused ${path}: ${msg1}`);
  };
  const timed = (name, work) => ({
    name,
    run: async (round) => {
      const account = accounts[(round + accounts.length) % accounts.length];
      const began = performance.now();
      await work(account);
      const ms = performance.now() - began;
      // Beyond the pace of the key nothing would be measured but waiting.
      await pause(20);
      return ms;
    },
  });
  const samples = await rotate(
    [
      timed(POST, (account) =>
        call(account, '/uapi/domestic-stock/v1/trading/order-cash', 'TTTC0012U', {
          method: 'POST',
          body: JSON.stringify(bodyOf(account, price)),
        }),
      ),
      timed(READ, (account) =>
        call(
          account,
          `/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=${STOCK}`,
          'FHKST01010100',
          { method: 'GET' },
        ),
      ),
      timed(OURS, ({ alias }) =>
        orders.place(of(alias), {
          symbol: STOCK,
          side: 'buy',
          type: 'limit',
          quantity: '1',
          price,
        }),
      ),
    ],
    { rounds, budgetMs: 60_000 },
  );
  await dispatcher.close();
  await library.close();
  return samples;
}

/** Where nobody sells today, so that the order stays open. */
async function lowestPrice(library, account) {
  return (await library.get(kis.KisQuotationClient).price(account, STOCK)).lowerLimit;
}

function bodyOf({ accountNumber }, price) {
  return {
    CANO: accountNumber,
    ACNT_PRDT_CD: '01',
    PDNO: STOCK,
    ORD_DVSN: '00',
    ORD_QTY: '1',
    ORD_UNPR: price,
    EXCG_ID_DVSN_CD: 'KRX',
    SLL_TYPE: '',
    CNDT_PRIC: '',
  };
}

/** How many of the reads that wait already get their turn before the order. */
async function orderAmongReads(brokerage) {
  const accounts = accountsOf(brokerage, 1, REAL_PER_SECOND);
  const { library, of } = await open(accounts);
  const [account] = accounts.map(({ alias }) => of(alias));
  const quotations = library.get(kis.KisQuotationClient);
  const price = await lowestPrice(library, account);
  const waiting = new AbortController();
  setMaxListeners(0, waiting.signal);
  let done = 0;
  const reads = Array.from({ length: READS }, (_, index) =>
    quotations.price(account, String(index).padStart(6, '0'), { signal: waiting.signal }).then(
      () => (done += 1),
      () => (done += waiting.signal.aborted ? 0 : 1),
    ),
  );
  await Promise.race(reads);
  const before = done;
  const began = performance.now();
  await library.get(kis.KisOrderService).place(account, {
    symbol: STOCK,
    side: 'buy',
    type: 'limit',
    quantity: '1',
    price,
  });
  const seconds = (performance.now() - began) / 1000;
  const during = done - before;
  waiting.abort();
  await Promise.all(reads);
  await library.close();
  return { seconds, during };
}

function summary(samples, { seconds, during }) {
  const of = (name) => samples.get(name);
  const added = of(OURS).map((ms, round) => ms - of(POST)[round] - of(READ)[round]);
  const row = (name, values) => [name, median(values), quantile(values, 0.99)];
  return {
    title: 'an order',
    tables: [
      {
        caption: `Milliseconds, ${added.length} orders one after another`,
        columns: ['', 'p50', 'p99'],
        rows: [
          row(POST, of(POST)),
          row(READ, of(READ)),
          row(`${OURS}: checked, in the durable journal, paced`, of(OURS)),
          row('what it adds to one read and the order', added),
        ],
      },
      {
        caption: `An order of a key with ${REAL_PER_SECOND} calls a second, while ${READS} reads wait`,
        columns: ['', 'measured'],
        rows: [
          ['seconds until KIS has it', seconds],
          ['reads that were answered meanwhile', during],
        ],
      },
    ],
    targets: [
      target('what check, journal and pacing add, p50', {
        goal: 'at most',
        limit: 3,
        measured: median(added),
        unit: 'ms',
      }),
      target('reads that go before an order while 200 wait', {
        goal: 'at most',
        limit: 2 * REAL_PER_SECOND,
        measured: during,
      }),
    ],
    notes: [
      'The three reads of the check (price, buying power, newest orders) leave together, so at KIS the check costs the time of one read; that time and the time of the order are KIS’s and are taken off. The journal is a file on a real disk, forced to it twice for each order.',
      'A permit is free when a call of the second before has been answered: an order and the reads that it waits for get the next ones. Reads that had theirs already are answered meanwhile.',
    ],
  };
}
