import { Injectable } from '@nestjs/common';
import { AccountLogger } from '../account-logger';
import { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import { KisAuthClient, type IssuedToken } from './kis-auth.client';
import { jsonObject, type KisExchangeAnswer } from '../transport/exchange-result';
import { KisExchange } from '../transport/kis-exchange';
import { answered, failureIn, readIssuedToken } from './token-answers';

/**
 * The token endpoint over HTTP, in the shape of the official Python samples. Connections are not reused: one token a
 * day gains nothing from that, and a stale connection would cost an attempt.
 */
@Injectable()
export class HttpKisAuthClient extends KisAuthClient {
  private readonly logger = new AccountLogger('KIS API');
  private readonly exchange: KisExchange;

  constructor(
    private readonly configuration: KisConfiguration,
    clock: KisClock,
  ) {
    super();
    const limits = { maxAnswerBytes: MAX_ANSWER_BYTES, keepAlive: false };
    this.exchange = new KisExchange(clock, limits, configuration.proxies);
  }

  async issue(credential: KisCredential, withinMs: number): Promise<IssuedToken> {
    this.logger.log(credential, 'Requesting new access token');
    return this.reported(credential, 'Access token not obtained', async () => {
      const answer = await this.post(
        credential,
        '/oauth2/tokenP',
        {
          grant_type: 'client_credentials',
          appkey: credential.appKey,
          appsecret: credential.appSecret,
        },
        withinMs,
      );
      const issued = readIssuedToken(answer, credential);
      credential.redactor.knowToken(credential.id, issued.accessToken);
      this.logger.log(credential, 'Access token obtained successfully');
      return issued;
    });
  }

  async revoke(credential: KisCredential, accessToken: string): Promise<void> {
    this.logger.log(credential, 'Revoking access token');
    credential.redactor.knowToken(credential.id, accessToken);
    const { timeoutMs } = this.configuration.requestPolicy(credential);
    await this.reported(credential, 'Access token not revoked', async () => {
      const answer = await this.post(
        credential,
        '/oauth2/revokeP',
        { appkey: credential.appKey, appsecret: credential.appSecret, token: accessToken },
        timeoutMs,
      );
      const body = jsonObject(answer.text);
      // The portal documents `code` as text, live answers have a number. A token that KIS does not know is revoked, too.
      const code = body?.['code'];
      if (code !== 200 && code !== '200' && body?.['error_code'] !== 'EGW00121') {
        throw failureIn(answer, credential, 'did not say that the token is revoked');
      }
      this.logger.log(credential, 'Access token revoked successfully');
    });
  }

  private async post(
    credential: KisCredential,
    path: string,
    body: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<KisExchangeAnswer> {
    const result = await this.exchange.send({
      method: 'POST',
      url: new URL(path, credential.origin),
      headers: { Accept: 'text/plain', 'Content-Type': 'application/json', charset: 'UTF-8' },
      body: JSON.stringify(body),
      timeoutMs,
    });
    const answer = answered(result, credential, timeoutMs);
    this.logger.log(credential, `Response Status: ${answer.status}`);
    return answer;
  }

  private async reported<T>(credential: KisCredential, outcome: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof KisError) this.logger.failure(credential, error, outcome);
      else this.logger.warn(credential, outcome);
      throw error;
    }
  }
}

const MAX_ANSWER_BYTES = 1_000_000;
