import { hashOf, type Allowance, type KeyPair, type ProgramKey } from '../../../src/gateway/program-key';
import { accountKey } from '../../../src/kis/order/account-key';
import { ACCOUNT_NUMBER, OWN_PAIR, SECOND, type GatewaySimulation } from './gateway-simulation';
import { request, type ProgramReply } from './program-connection';
import { INTENT_HEADER } from './simulated-uapi';

/** An order that a program wants once, however often it has to ask for it. */
export interface ProgramOrder {
  /** Unique in a scenario. */
  readonly id: string;
  readonly quantity: string;
  /** True time of the first attempt. */
  readonly since: number;
  attempts: number;
  /** What the program was told last: `null` as long as it has no answer that says what became of it. */
  told: 'accepted' | 'refused' | null;
  /** True time. */
  toldAt: number;
}

const ORDER_PATH = '/uapi/domestic-stock/v1/trading/order-cash';
const PRICE_PATH = '/uapi/domestic-stock/v1/quotations/inquire-price?FID_INPUT_ISCD=005930';

/** A program made for KIS, with a key of its own or that of the account: what it sends, byte for byte. */
export class SimulatedProgram {
  token: string | null = null;
  pair: KeyPair;
  private pairs = 0;

  constructor(
    private readonly simulation: GatewaySimulation,
    readonly name: string,
    readonly allow: Allowance,
    readonly isOwn: boolean,
  ) {
    this.pair = isOwn ? OWN_PAIR : this.nextPair();
  }

  /** As it stands in the journal. */
  get nameInJournal(): string {
    return this.isOwn ? `account:${this.simulation.account.alias}` : this.name;
  }

  nextPair(): KeyPair {
    this.pairs += 1;
    return {
      appKey: `PS${this.name}x${this.pairs}`.padEnd(36, 'k'),
      appSecret: `${this.name}x${this.pairs}`.padEnd(180, 's'),
    };
  }

  /** What `kis gateway key add` stores. */
  key(): ProgramKey {
    const { account, scheduler } = this.simulation;
    return {
      program: this.name,
      account: account.alias,
      accountKey: accountKey(account),
      allow: this.allow,
      columns: null,
      keyHash: hashOf(this.pair.appKey),
      secretHash: hashOf(this.pair.appSecret),
      keyStart: this.pair.appKey.slice(0, 10),
      createdAt: new Date(scheduler.time).toISOString(),
      revoked: [],
    };
  }

  /** Requests a token, and keeps it, unless the program has been given another pair meanwhile. */
  async tokenP(patienceMs = 15 * SECOND): Promise<ProgramReply | null> {
    const { pair } = this;
    const { appKey: appkey, appSecret: appsecret } = pair;
    const body = { grant_type: 'client_credentials', appkey, appsecret };
    const reply = await request(this.simulation, {
      method: 'POST',
      path: '/oauth2/tokenP',
      headers: {},
      body,
      patienceMs,
    });
    const token = reply?.body['access_token'];
    if (typeof token === 'string' && this.pair === pair) this.token = token;
    return reply;
  }

  /** Ends its token. */
  revokeP(): Promise<ProgramReply | null> {
    const { appKey: appkey, appSecret: appsecret } = this.pair;
    const body = { token: this.token ?? '', appkey, appsecret };
    const patienceMs = 15 * SECOND;
    return request(this.simulation, {
      method: 'POST',
      path: '/oauth2/revokeP',
      headers: {},
      body,
      patienceMs,
    });
  }

  read(patienceMs: number): Promise<ProgramReply | null> {
    const headers = this.headers('FHKST01010100');
    return request(this.simulation, { method: 'GET', path: PRICE_PATH, headers, body: null, patienceMs });
  }

  order(order: ProgramOrder, patienceMs: number): Promise<ProgramReply | null> {
    order.attempts += 1;
    const headers = { ...this.headers('TTTC0012U'), [INTENT_HEADER]: `${order.id}/${order.attempts}` };
    const body = {
      CANO: ACCOUNT_NUMBER,
      ACNT_PRDT_CD: '01',
      PDNO: '005930',
      ORD_DVSN: '00',
      ORD_QTY: order.quantity,
      ORD_UNPR: '70000',
    };
    return request(this.simulation, { method: 'POST', path: ORDER_PATH, headers, body, patienceMs });
  }

  private headers(trId: string): Record<string, string> {
    const { appKey: appkey, appSecret: appsecret } = this.pair;
    return { authorization: `Bearer ${this.token ?? ''}`, appkey, appsecret, tr_id: trId, custtype: 'P' };
  }
}
