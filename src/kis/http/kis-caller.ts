import { Inject, Injectable, Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { KisExchangeResult } from '../transport/exchange-result';
import type { KisExchangeRequest } from '../transport/exchange-request';
import { KisExchange } from '../transport/kis-exchange';
import { KisClock } from '../clock';
import { type KisError, KisTokenRejectedError } from '../kis.errors';
import type { KisToken } from '../token/kis-token';
import { KisTokenService } from '../token/kis-token.service';
import { classify, type KisFailure, type KisOk } from './kis-answer';
import { nameOf, type KisCall } from './kis-call';
import { failureOf } from './kis-failures';
import { KisRequestPacer } from './pacing/kis-request-pacer';
import { KisRetryPolicy } from './retry-policy';

/** What the calls need of the token service. */
export type KisTokenSource = Pick<KisTokenService, 'getToken' | 'replaceRefused' | 'hearTime'>;

/**
 * Carries calls out: each leaves with a valid token and in its turn, its answer is judged, and it is sent once more
 * where that is right. Credentials exist in here and below only.
 */
@Injectable()
export class KisCaller {
  private readonly logger = new Logger('KIS API');

  constructor(
    @Inject(KisTokenService) private readonly tokens: KisTokenSource,
    private readonly pacer: KisRequestPacer,
    private readonly exchange: KisExchange,
    private readonly retryPolicy: KisRetryPolicy,
    private readonly clock: KisClock,
  ) {}

  /**
   * Resolves when KIS has executed the call. Rejects with a KisError, or with the reason of a caller who has given up.
   */
  async carryOut(call: KisCall): Promise<KisOk> {
    let token = await this.tokenFor(call);
    const retries = this.retryPolicy.forCall(call);
    for (;;) {
      const answer = classify(await this.inTurn(call, requestFor(call, token)), call);
      if (answer.kind === 'ok') return answer;
      if (!retries.take(answer)) throw this.reported(failureOf(answer, call, this.clock.now()));
      this.logger.debug(`${nameOf(call)}: ${answer.kind}, is sent again`);
      token = await this.tokenAfter(answer, call, token);
      await retries.pause(answer);
    }
  }

  private async tokenAfter(failure: KisFailure, call: KisCall, token: KisToken): Promise<KisToken> {
    if (failure.kind !== 'token-refused') return this.tokenFor(call);
    const { alias } = call.account;
    const other = await this.tokens.replaceRefused(alias, token, failure.facts, { signal: call.signal });
    if (!(call.body instanceof Readable)) return other;
    throw new KisTokenRejectedError(
      `KIS refused the token of ${nameOf(call)}, and a body that is a stream cannot be sent twice. Nothing was executed; there is a new token now, so send it again.`,
      { kis: failure.facts },
    );
  }

  private tokenFor(call: KisCall): KisToken | Promise<KisToken> {
    return this.tokens.getToken(call.account.alias, { signal: call.signal });
  }

  /** The permit is the last thing that is waited for: it is good for now. */
  private async inTurn(call: KisCall, request: KisExchangeRequest): Promise<KisExchangeResult> {
    const { alias, credential } = call.account;
    const permit = await this.pacer.acquire(credential, call.signal);
    const began = this.clock.monotonic();
    try {
      const result = await this.exchange.send(request);
      if (result.kind === 'answered') {
        this.tokens.hearTime(alias, result.headers['date'], this.clock.monotonic() - began);
      }
      return result;
    } finally {
      permit.answered();
    }
  }

  private reported(failure: KisError): KisError {
    this.logger.warn(failure.message);
    return failure;
  }
}

function requestFor(call: KisCall, token: KisToken): KisExchangeRequest {
  const { method, url, body, timeoutMs, signal } = call;
  const { id, appKey, appSecret, redactor } = call.account.credential;
  redactor.knowToken(id, token.accessToken); // Before KIS can repeat it.
  const headers = {
    ...call.headers,
    authorization: token.authorization,
    appkey: appKey,
    appsecret: appSecret,
  };
  return { method, url, headers, body, timeoutMs, signal };
}
