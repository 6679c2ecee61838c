// An order of the library, against the least that could place it: what check, journal and pacing add to KIS's own time.
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { median, pause, quantile, rotate, spread } from './support/harness.mjs';
import { kis, newAccount, openLibrary, temporaryDirectory } from './support/project.mjs';
import { target } from './support/report.mjs';
import { fromProject } from './support/resolve.mjs';
import { startBrokerage } from './support/simulator.mjs';

const OURS = 'KisOrderService.place: checked, in the durable journal, paced';
const READS_OF_CHECK = "floor: KIS's responses to the three reads of the check";
const POST = "floor: KIS's response to the order";
const WRITE = 'floor: one bare durable write by libsql';
const STOCK = '005930';
const ORDER_PATH = '/uapi/domestic-stock/v1/trading/order-cash';
const READS = 200;
/** About as long as the record of an order. */
const RECORD_BYTES = 1000;
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
  const bare = bareClient(brokerage, tokens);
  const disk = bareDatabase();
  const timed = (name, work) => ({
    name,
    run: async (round) => {
      const account = accounts[(round + accounts.length) % accounts.length];
      const began = performance.now();
      await work(account, round);
      const ms = performance.now() - began;
      // Beyond the pace of the key nothing would be measured but waiting.
      await pause(20);
      return ms;
    },
  });
  const request = { symbol: STOCK, side: 'buy', type: 'limit', quantity: '1', price };
  const samples = await rotate(
    [
      timed(READS_OF_CHECK, (account) =>
        Promise.all(readsOf(account, price).map((read) => bare.call(account, ...read))),
      ),
      timed(POST, (account) =>
        bare.call(account, ORDER_PATH, 'TTTC0012U', { body: JSON.stringify(bodyOf(account, price)) }),
      ),
      timed(OURS, ({ alias }, round) =>
        orders.place(of(alias), request, { clientOrderId: `order.${round}` }),
      ),
      timed(WRITE, (_, round) => disk.write(round)),
    ],
    { rounds, budgetMs: 60_000 },
  );
  disk.close();
  await bare.close();
  await library.close();
  return samples;
}

/** undici and nothing around it. */
function bareClient(brokerage, tokens) {
  const dispatcher = new Agent();
  const call = async (account, path, trId, { params = {}, body } = {}) => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      authorization: (await tokens.getToken(account.alias)).authorization,
      appkey: account.appKey,
      appsecret: account.appSecret,
      tr_id: trId,
      custtype: 'P',
    };
    const method = body === undefined ? 'GET' : 'POST';
    const url = `${brokerage.realUrl}${path}?${new URLSearchParams(params)}`;
    const response = await request(url, { dispatcher, method, headers, body });
    const { rt_cd: result, msg1 } = await response.body.json();
    if (result !== '0') throw new Error(`The simulator refused ${path}: ${msg1}`);
  };
  return { call, close: () => dispatcher.close() };
}

/** What the check and the search for a lost order need to know: the stock, the cash, the newest orders. */
function readsOf({ accountNumber }, price) {
  const today = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  const account = { CANO: accountNumber, ACNT_PRDT_CD: '01' };
  return [
    [
      '/uapi/domestic-stock/v1/quotations/inquire-price',
      'FHKST01010100',
      { params: { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: STOCK } },
    ],
    [
      '/uapi/domestic-stock/v1/trading/inquire-psbl-order',
      'TTTC8908R',
      {
        params: {
          ...account,
          PDNO: STOCK,
          ORD_UNPR: price,
          ORD_DVSN: '00',
          CMA_EVLU_AMT_ICLD_YN: 'N',
          OVRS_ICLD_YN: 'N',
        },
      },
    ],
    [
      '/uapi/domestic-stock/v1/trading/inquire-daily-ccld',
      'TTTC0081R',
      {
        params: {
          ...account,
          INQR_STRT_DT: today,
          INQR_END_DT: today,
          SLL_BUY_DVSN_CD: '00',
          INQR_DVSN: '00',
          PDNO: STOCK,
          CCLD_DVSN: '00',
          ORD_GNO_BRNO: '',
          ODNO: '',
          INQR_DVSN_3: '00',
          INQR_DVSN_1: '',
          CTX_AREA_FK100: '',
          CTX_AREA_NK100: '',
          EXCG_ID_DVSN_CD: 'ALL',
        },
      },
    ],
  ];
}

/** A file of one table where the journal has its own: what any durable record costs on this disk. */
function bareDatabase() {
  const Database = fromProject('libsql');
  const database = new Database(join(temporaryDirectory(), 'bare.db'));
  database.exec('PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE records (name BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID');
  const insert = database.prepare('INSERT INTO records (name, body) VALUES (?, ?)');
  return {
    write: (round) => insert.run([Buffer.from(`order ${round}`), Buffer.alloc(RECORD_BYTES, round)]),
    close: () => database.close(),
  };
}

/** A price at which nothing is sold today, so that the order stays open. */
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

/** How many of the reads that wait already reach KIS before the order does, by KIS's own record of its requests. */
async function orderAmongReads(brokerage) {
  const accounts = accountsOf(brokerage, 1, REAL_PER_SECOND);
  const { library, of } = await open(accounts);
  const [account] = accounts.map(({ alias }) => of(alias));
  const quotations = library.get(kis.KisQuotationClient);
  const price = await lowestPrice(library, account);
  const waiting = new AbortController();
  setMaxListeners(0, waiting.signal);
  const symbols = Array.from({ length: READS }, (_, index) => String(index).padStart(6, '0'));
  const reads = symbols.map((symbol) =>
    quotations.price(account, symbol, { signal: waiting.signal }).catch(() => undefined),
  );
  await Promise.race(reads);
  const began = performance.now();
  const request = { symbol: STOCK, side: 'buy', type: 'limit', quantity: '1', price };
  await library.get(kis.KisOrderService).place(account, request);
  const seconds = (performance.now() - began) / 1000;
  waiting.abort();
  await Promise.all(reads);
  await library.close();
  return { seconds, before: await readsBeforeOrder(brokerage, new Set(symbols)) };
}

async function readsBeforeOrder(brokerage, symbols) {
  const requests = await brokerage.requests(2 * READS);
  const order = requests.findLastIndex(({ path }) => path === ORDER_PATH);
  return requests.slice(0, order).filter(({ query }) => symbols.has(query.FID_INPUT_ISCD)).length;
}

function summary(samples, { seconds, before }) {
  const of = (name) => samples.get(name);
  const added = of(OURS).map((ms, round) => ms - of(READS_OF_CHECK)[round] - of(POST)[round]);
  const beyondWrites = added.map((ms, round) => ms - 2 * of(WRITE)[round]);
  const inWrites = spread(added.map((ms, round) => ms / of(WRITE)[round]));
  const row = (name, values) => [name, median(values), quantile(values, 0.99)];
  return {
    title: 'an order',
    tables: [
      {
        caption: `Milliseconds, ${added.length} orders one after another`,
        columns: ['', 'p50', 'p99'],
        rows: [
          ...[READS_OF_CHECK, POST, WRITE, OURS].map((name) => row(name, of(name))),
          row("what it adds to KIS's responses", added),
          row('of that beyond two bare durable writes', beyondWrites),
        ],
      },
      {
        caption:
          'What it adds, in bare durable writes; an order needs two, one before it is sent and one after',
        columns: ['', 'median', 'q1', 'q3'],
        rows: [['times the bare write of the same round', inWrites.median, inWrites.q1, inWrites.q3]],
      },
      {
        caption: `An order of a key with ${REAL_PER_SECOND} calls a second, while ${READS} reads wait`,
        columns: ['', 'measured'],
        rows: [
          ['seconds until KIS has it', seconds],
          ['reads that KIS got before it', before],
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
        measured: before,
      }),
    ],
    notes: [
      'The three reads of the check (price, buying power, newest orders) leave together. The floor makes the same calls bare, with undici: three at once, then the order; what is beyond their time is ours. The journal is a file on a real disk, forced to it twice for each order; the bare write is one insert into a table of its own with the same settings of SQLite.',
      `An order and the reads that it waits for get the next permits, all at once. A window of ${REAL_PER_SECOND} calls is on its way when the order is given; its three reads and the order itself are in the next window, whose other permits go to reads that may be sent before the order.`,
    ],
  };
}
