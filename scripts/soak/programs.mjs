// Programs of a soak, made for KIS: they know of the gateway an address and a key.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const PYTHON = '/usr/bin/python3';
const PYTHON_PROGRAM = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'test',
  'support',
  'python',
  'kis_program.py',
);
const PRICE =
  '/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930';
const ORDER = '/uapi/domestic-stock/v1/trading/order-cash';
/** An order is repeated within this only: then it means the first one. */
const REPEATED_WITHIN_MS = 45_000;
/** The brokerage ignores it, and shows it in its list of requests. */
export const INTENT_HEADER = 'x-intent';

/** What programs have seen. */
export class Tally {
  tokens = 0;
  reads = 0;
  orders = new Map();
  frames = 0;
  notices = 0;
  /** Answers to reads by their code, where they were not good. */
  refusedReads = new Map();
  /** Connections that were cut, as by the death of a service. */
  cut = 0;
  python = { runs: 0, orders: 0, failures: [] };

  refused(code) {
    this.refusedReads.set(code, (this.refusedReads.get(code) ?? 0) + 1);
  }
}

/** A bot in Node.js: reads as fast as it is served, and orders now and then. */
export class NodeProgram {
  token = null;
  count = 0;

  constructor({ name, key, world, tally, signal }) {
    Object.assign(this, { name, key, world, tally, signal });
  }

  async run({ readers, ordersEveryMs }) {
    const loops = Array.from({ length: readers }, () => this.until(() => this.read(), 0));
    if (ordersEveryMs) loops.push(this.until(() => this.order(), ordersEveryMs));
    await Promise.all(loops);
  }

  async until(step, pauseMs) {
    while (!this.signal.aborted) {
      await step();
      await delay(pauseMs);
    }
  }

  get base() {
    this.count += 1;
    const { port } = this.world.services[this.count % this.world.services.length];
    return `http://127.0.0.1:${port}/kis/real`;
  }

  /** `null` when the connection was cut or the program gave up. */
  async call(path, init, patienceMs = 40_000) {
    try {
      const answer = await fetch(this.base + path, { ...init, signal: AbortSignal.timeout(patienceMs) });
      return { status: answer.status, body: await answer.json() };
    } catch {
      this.tally.cut += 1;
      await delay(100);
      return null;
    }
  }

  async authorize() {
    const { appKey: appkey, appSecret: appsecret } = this.key;
    const body = JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret });
    const answer = await this.call('/oauth2/tokenP', { method: 'POST', body });
    if (!answer) return;
    this.tally.tokens += 1;
    if (answer.status === 200) this.token = answer.body.access_token;
    else this.tally.refused(answer.body.error_code);
  }

  headers(trId) {
    const { appKey: appkey, appSecret: appsecret } = this.key;
    return { authorization: `Bearer ${this.token}`, appkey, appsecret, tr_id: trId, custtype: 'P' };
  }

  async read() {
    // As programs do that are started again and again.
    if (this.token === null || Math.random() < 0.02) await this.authorize();
    const answer = await this.call(PRICE, { headers: this.headers('FHKST01010100') });
    if (!answer) return;
    this.tally.reads += 1;
    const { msg_cd: code, rt_cd: result } = answer.body;
    if (result === '0') return;
    if (code === 'EGW00123')
      this.token = null; // It has expired, at the time that the program was given with it.
    else this.tally.refused(code);
  }

  /** Places an order and repeats it until its outcome is known. */
  async order() {
    if (this.token === null) return;
    const { accountNumber, accountCode } = this.world.account;
    const id = `${this.name}-${this.tally.orders.size + 1}`;
    const order = { attempts: 0, told: null };
    this.tally.orders.set(id, order);
    const isSale = this.tally.orders.size % 2 === 0;
    const body = { CANO: accountNumber, ACNT_PRDT_CD: accountCode, PDNO: '005930' };
    const fields = { ORD_DVSN: '01', ORD_QTY: String(1 + (this.tally.orders.size % 9)), ORD_UNPR: '0' };
    const since = Date.now();
    while (order.told === null && Date.now() - since < REPEATED_WITHIN_MS) {
      order.attempts += 1;
      const answer = await this.call(
        ORDER,
        {
          method: 'POST',
          headers: { ...this.headers(isSale ? 'TTTC0011U' : 'TTTC0012U'), [INTENT_HEADER]: id },
          body: JSON.stringify({ ...body, ...fields, EXCG_ID_DVSN_CD: 'KRX' }),
        },
        12_000,
      );
      if (answer?.body.msg_cd === 'EGW00123') await this.authorize();
      else if (answer?.status === 200 && answer.body.msg_cd !== 'KAPI0001')
        order.told = {
          result: answer.body.rt_cd,
          code: answer.body.msg_cd,
          number: answer.body.output?.ODNO,
        };
      else if (!answer) await delay(200);
    }
  }

  /** Listens to trades and order notices for as long as the soak runs, and connects again when it is cut off. */
  async listen() {
    while (!this.signal.aborted) {
      const { appKey: appkey, appSecret: secretkey } = this.key;
      const body = JSON.stringify({ grant_type: 'client_credentials', appkey, secretkey });
      const answer = await this.call('/oauth2/Approval', { method: 'POST', body });
      if (answer?.status === 200) await this.listenWith(answer.body.approval_key);
      await delay(500);
    }
  }

  async listenWith(approval_key) {
    const socket = new WebSocket(`${this.base.replace('http', 'ws')}/tryitout`);
    const close = () => socket.terminate();
    this.signal.addEventListener('abort', close, { once: true });
    socket.on('error', () => undefined);
    socket.on('open', () => {
      const wanted = [
        ['H0STCNT0', '005930'],
        ['H0STCNI0', this.world.account.htsId],
      ];
      for (const [tr_id, tr_key] of wanted) {
        const header = { approval_key, custtype: 'P', tr_type: '1', 'content-type': 'utf-8' };
        socket.send(JSON.stringify({ header, body: { input: { tr_id, tr_key } } }));
      }
    });
    socket.on('message', (data) => {
      const text = data.toString('utf8');
      if (text.includes('PINGPONG')) socket.send(text);
      else if (text.startsWith('1|')) this.tally.notices += 1;
      else if (text.startsWith('0|')) this.tally.frames += 1;
    });
    await once(socket, 'close');
    this.signal.removeEventListener('abort', close);
  }
}

/** Debian's own, for which apt packages bring the modules. */
export function hasPython() {
  return spawnSync(PYTHON, ['-c', 'import requests, websockets, yaml']).status === 0;
}

/** A script in the style of the official samples, started again and again, as by cron. */
export async function runPython({ name, key, world, tally, signal, pauseMs }) {
  const { accountNumber, accountCode, htsId } = world.account;
  for (let round = 0; !signal.aborted; round += 1) {
    const { port } = world.services[round % 2];
    const config = join(world.home, `${name}.yaml`);
    const values = {
      my_app: key.appKey,
      my_sec: key.appSecret,
      prod: `http://127.0.0.1:${port}/kis/real`,
      ops: `ws://127.0.0.1:${port}/kis/real`,
      my_acct_stock: accountNumber,
      my_prod: accountCode,
      my_htsid: htsId,
      my_agent: 'Mozilla/5.0',
    };
    writeFileSync(config, JSON.stringify(values));
    const step = ['rest', 'order', 'socket'][round % 3];
    const kills = world.kills;
    const child = spawn(PYTHON, [PYTHON_PROGRAM, config, 'prod', step], { env: { HOME: world.home } });
    let text = '';
    for (const output of [child.stdout, child.stderr])
      output.setEncoding('utf8').on('data', (part) => (text += part));
    const [code] = await once(child, 'close');
    tally.python.runs += 1;
    tally.python.orders += step === 'rest' ? 0 : 1;
    // A script knows no second attempt: it fails when the service that it talks to is killed.
    if (code !== 0 && kills === world.kills && !world.isKilling)
      tally.python.failures.push(`${step}: ${text.trim().split('\n').at(-1)}`);
    await delay(pauseMs);
  }
}
