import type { KisClock } from '../clock';
import { AccountLogger } from '../account-logger';
import type { KisCredential } from '../kis-credential';
import { KisError } from '../kis.errors';
import type { KisConfiguration } from '../kis.options';
import { jsonObject } from '../transport/exchange-result';
import { KisExchange } from '../transport/kis-exchange';
import { answered, failureIn } from './token-answers';

/** Requests keys for the websocket: `POST /oauth2/Approval` (KIS portal, 실시간 (웹소켓) 접속키 발급). */
export class ApprovalEndpoint {
  private readonly logger = new AccountLogger('KIS API');
  private readonly exchange: KisExchange;

  constructor(
    private readonly configuration: KisConfiguration,
    clock: KisClock,
  ) {
    const limits = { maxAnswerBytes: MAX_ANSWER_BYTES, keepAlive: false };
    this.exchange = new KisExchange(clock, limits, configuration.proxies);
  }

  /**
   * One request, no retry. It sends no message to the owner of the account, unlike a request for a token.
   * @throws KisCredentialsRejectedError, KisTimeoutError, KisUnavailableError, KisBadResponseError.
   */
  async request(credential: KisCredential): Promise<string> {
    this.logger.log(credential, 'Requesting approval key for the websocket');
    try {
      const key = await this.post(credential);
      credential.redactor.knowToken(`approval of ${credential.id}`, key);
      this.logger.log(credential, 'Approval key obtained successfully');
      return key;
    } catch (error) {
      if (error instanceof KisError) this.logger.failure(credential, error, 'Approval key not obtained');
      throw error;
    }
  }

  private async post(credential: KisCredential): Promise<string> {
    const { timeoutMs } = this.configuration.requestPolicy(credential);
    const result = await this.exchange.send({
      method: 'POST',
      url: new URL('/oauth2/Approval', credential.origin),
      headers: { Accept: 'text/plain', 'Content-Type': 'application/json', charset: 'UTF-8' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        appkey: credential.appKey,
        secretkey: credential.appSecret,
      }),
      timeoutMs,
    });
    const answer = answered(result, credential, timeoutMs);
    const key = jsonObject(answer.text)?.['approval_key'];
    if (typeof key !== 'string' || !APPROVAL_KEY.test(key)) {
      throw failureIn(answer, credential, 'holds no approval key');
    }
    return key;
  }
}

const MAX_ANSWER_BYTES = 100_000;
/** KIS's keys are UUIDs; any key of this form can be sent in JSON. */
const APPROVAL_KEY = /^[\x21-\x7e]{1,512}$/;
