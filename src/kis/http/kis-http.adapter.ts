import { Inject, Injectable, Logger } from '@nestjs/common';
import { AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { KisExchange, type KisExchangeRequest } from '../auth/kis-exchange';
import { type KisError, KisTokenRejectedError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import type { KisToken } from '../token/kis-token';
import { KisTokenService } from '../token/kis-token.service';
import { callerSignal } from './caller-signal';
import { classify, type KisDoubt, type KisOk, type KisRefusal } from './kis-answer';
import { nameOf, prepareCall, type KisCall } from './kis-call';
import { KisRequestPacer } from './kis-request-pacer';
import { KisSecondChances } from './second-chances';

/** What the calls need of the token service. */
export type KisTokenSource = Pick<KisTokenService, 'getToken' | 'replaceRefused'>;

/**
 * Sends what an axios instance is asked to send, as KIS wants it: with a valid token, paced, to the account's own
 * origin, and once more where that is right.
 *
 * It takes the place of axios's own adapter rather than of interceptors: it is the last to see a request, so what it
 * has checked is what is sent, whatever interceptors and options a caller adds; credentials are put on a copy, so no
 * configuration, response or error that comes back holds them; and a replay is no second pass through interceptors.
 */
@Injectable()
export class KisHttpAdapter {
  private readonly logger = new Logger('KIS API');

  constructor(
    private readonly configuration: KisConfiguration,
    @Inject(KisTokenService) private readonly tokens: KisTokenSource,
    private readonly pacer: KisRequestPacer,
    private readonly exchange: KisExchange,
    private readonly chances: KisSecondChances,
  ) {}

  /** Resolves with the parsed body of a call that KIS has executed; rejects with a KisError or the abort reason. */
  async send(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const caller = callerSignal(config);
    try {
      const answer = await this.carryOut(prepareCall(config, this.configuration, caller.signal));
      return {
        data: answer.body,
        status: answer.status,
        statusText: '',
        headers: new AxiosHeaders(answer.headers),
        config,
      };
    } finally {
      caller.release();
    }
  }

  private async carryOut(call: KisCall): Promise<KisOk> {
    // A token that has to be waited for is waited for first: permits taken before would all be used at one moment.
    let token = await this.tokenFor(call);
    await this.permit(call);
    const chances = this.chances.forCall(call);
    for (;;) {
      const answer = classify(await this.exchange.send(dressed(call, token)), call);
      if (answer.kind === 'ok') return answer;
      if (!chances.take(answer)) throw this.reported(chances.failure(answer));
      this.logger.debug(`${nameOf(call)}: ${answer.kind}, is sent again`);
      token = await this.tokenAfter(answer, call, token);
      await chances.pause(answer);
      await this.permit(call);
    }
  }

  private async tokenAfter(answer: KisRefusal | KisDoubt, call: KisCall, token: KisToken): Promise<KisToken> {
    if (answer.kind !== 'token-refused') return this.tokenFor(call);
    const { alias } = call.account;
    const other = await this.tokens.replaceRefused(alias, token, answer.facts, { signal: call.signal });
    if (!isStream(call.body)) return other;
    throw new KisTokenRejectedError(
      `KIS refused the token of ${nameOf(call)}, and a body that is a stream cannot be sent twice. Nothing was executed; there is a new token now, so send it again.`,
      { kis: answer.facts },
    );
  }

  private async tokenFor(call: KisCall): Promise<KisToken> {
    const token = this.tokens.getToken(call.account.alias, { signal: call.signal });
    return token instanceof Promise ? await token : token;
  }

  private permit(call: KisCall): Promise<void> {
    return this.pacer.acquire(call.account.credential, call.signal);
  }

  private reported(failure: KisError): KisError {
    this.logger.warn(failure.message);
    return failure;
  }
}

function dressed(call: KisCall, token: KisToken): KisExchangeRequest {
  const { appKey, appSecret } = call.account.credential;
  const credentials = { authorization: token.authorization, appkey: appKey, appsecret: appSecret };
  return {
    method: call.method,
    url: call.url,
    headers: { ...call.headers, ...credentials },
    body: call.body,
    timeoutMs: call.timeoutMs,
    signal: call.signal,
  };
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'pipe' in body;
}
