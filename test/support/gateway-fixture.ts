import { hashOf, newKeyPair, type Allowance, type KeyPair } from '../../src/gateway/program-key';
import { ProgramKeyStore } from '../../src/gateway/program-key-store';
import { accountKey, KisConfiguration } from '../../src/kis';
import type { Simulator } from '../../src/simulator';
import type { Answer } from './answer';
import { embeddedEnv, RunningApi, temporaryDirectory } from './running-api';

export interface KisAnswer {
  readonly rt_cd: string;
  readonly msg_cd: string;
  readonly msg1: string;
  readonly output: Readonly<Record<string, string>>;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly access_token_token_expired: string;
  readonly token_type: string;
  readonly expires_in: number;
}

export const PRICE =
  '/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930';
export const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';

/** The API with its gateway, on the simulator: the market is open and no order is filled. */
export class GatewayFixture {
  /** The key pair of the account itself. */
  readonly own: KeyPair;
  readonly account: { readonly CANO: string; readonly ACNT_PRDT_CD: string };

  private constructor(
    readonly api: RunningApi,
    /** Of the stock that `order` buys. */
    readonly price: string,
    private readonly directory: { remove: () => void },
  ) {
    const { appKey, appSecret, accountNumber, accountCode } = api.simulator.demo.mock;
    this.own = { appKey, appSecret };
    this.account = { CANO: accountNumber, ACNT_PRDT_CD: accountCode };
  }

  static async open(settings: Record<string, string> = {}): Promise<GatewayFixture> {
    const directory = await temporaryDirectory();
    const env = { ...embeddedEnv(directory.path), KIS_GATEWAY: 'true', ...settings };
    const api = await RunningApi.start({ env });
    api.simulator.update({ fills: 'manual', sessions: 'open' });
    const { price } = (await api.ask<{ price: string }>('/api/quotes/005930')).body;
    return new GatewayFixture(api, price, directory);
  }

  async close(): Promise<void> {
    await this.api.close();
    this.directory.remove();
  }

  get simulator(): Simulator {
    return this.api.simulator;
  }

  get programKeys(): ProgramKeyStore {
    return this.api.app.get(ProgramKeyStore, { strict: false });
  }

  async programKey(program: string, allow: Allowance): Promise<KeyPair> {
    const pair = newKeyPair();
    const account = this.api.app.get(KisConfiguration, { strict: false }).account();
    await this.programKeys.put(
      {
        program,
        account: 'main',
        accountKey: accountKey(account),
        allow,
        columns: null,
        keyHash: hashOf(pair.appKey),
        secretHash: hashOf(pair.appSecret),
        keyStart: pair.appKey.slice(0, 10),
        createdAt: new Date().toISOString(),
        revoked: [],
      },
      true,
    );
    return pair;
  }

  post<T = KisAnswer>(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } };
    return this.api.ask<T>(`/kis/mock${path}`, { ...init, body: JSON.stringify(body) });
  }

  tokenFor({ appKey: appkey, appSecret: appsecret }: KeyPair): Promise<Answer<TokenAnswer>> {
    return this.post('/oauth2/tokenP', { grant_type: 'client_credentials', appkey, appsecret });
  }

  async headersFor(pair: KeyPair, trId: string): Promise<Record<string, string>> {
    const { access_token } = (await this.tokenFor(pair)).body;
    return {
      authorization: `Bearer ${access_token}`,
      appkey: pair.appKey,
      appsecret: pair.appSecret,
      tr_id: trId,
      custtype: 'P',
      tr_cont: '',
    };
  }

  /** The body of an order for one share at the price of the market. */
  order(change: object = {}): object {
    return {
      ...this.account,
      PDNO: '005930',
      ORD_DVSN: '00',
      ORD_QTY: '1',
      ORD_UNPR: this.price,
      ...change,
    };
  }
}
