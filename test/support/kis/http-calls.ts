import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import type { KisRequestConfig } from '../../../src/kis/http/kis-request';
import type { KisAccount } from '../../../src/kis/kis-account';
import { KisError } from '../../../src/kis/kis.errors';
import type { KisAccountOptions } from '../../../src/kis/kis-account.options';
import { openHttp, type HttpFixture } from './http-fixture';
import { APP_KEY, APP_SECRET, json, LocalKis, type Reply } from './local-kis';

/** Answers of KIS for specs of calls. */

export const PATH = '/uapi/domestic-stock/v1/trading/inquire-balance';
const ORDER_PATH = '/uapi/domestic-stock/v1/trading/order-cash';

/** A call that KIS has executed. */
export const OK = json(200, {
  rt_cd: '0',
  msg_cd: 'MCA00000',
  msg1: '정상처리 되었습니다.',
  output: { a: '1' },
});

export const EXPIRED = refusal(500, 'EGW00123', '기간이 만료된 token 입니다.');
export const TOO_MANY = refusal(500, 'EGW00201', '초당 거래건수를 초과하였습니다.');

export function refusal(status: number, msgCd: string, msg1: string): Reply {
  return json(status, { rt_cd: '1', msg_cd: msgCd, msg1 });
}

/** A read and an order, sent through the `KisHttpService` to a local server. */
export class HttpCalls {
  private constructor(
    readonly kis: LocalKis,
    readonly fixture: HttpFixture,
  ) {}

  static async open(...more: Partial<KisAccountOptions>[]): Promise<HttpCalls> {
    const kis = await LocalKis.start();
    kis.reply = OK;
    const fixture = await openHttp(kis.origin, ...more);
    Logger.overrideLogger(false);
    return new HttpCalls(kis, fixture);
  }

  /** The first one. */
  get account(): KisAccount {
    return this.fixture.configuration.account();
  }

  async close(): Promise<void> {
    await this.fixture.close();
    await this.kis.stop();
  }

  get(config: KisRequestConfig = {}, url = PATH): Promise<AxiosResponse<unknown>> {
    return this.fixture.http.axiosRef.get<unknown>(url, { kis: { trId: 'VTTC8434R' }, ...config });
  }

  order(body: unknown = { PDNO: '005930' }, config: KisRequestConfig = {}): Promise<AxiosResponse<unknown>> {
    return this.fixture.http.axiosRef.post<unknown>(ORDER_PATH, body, {
      kis: { trId: 'VTTC0802U' },
      ...config,
    });
  }

  /** Resolves when a token has been asked for this many times: before each sending, and in the pause before. */
  async tokenAskedFor(times: number): Promise<void> {
    while (this.fixture.tokens.asked.length < times) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
}

/** The error of a call, after checking that it is ours and tells no secret. */
export async function failureOf(call: Promise<unknown>): Promise<KisError> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (failure: unknown) => failure,
  );
  const told = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
  for (const secret of [APP_SECRET, APP_KEY, 'TOKEN1', 'TOKEN2', '50112345', 'CANO']) {
    if (told.includes(secret)) throw new Error(`The error tells ${secret.slice(0, 6)}…`);
  }
  if (!(error instanceof KisError)) throw new Error(`No KisError: ${told}`);
  return error;
}
