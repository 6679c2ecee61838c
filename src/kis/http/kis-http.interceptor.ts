import { Inject, Injectable, Logger } from '@nestjs/common';
import { AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { KisExchange, type KisExchangeRequest, type KisExchangeResult } from '../auth/kis-exchange';
import { type KisError, KisInvalidRequestError, KisTokenRejectedError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import type { KisToken } from '../token/kis-token';
import { KisTokenService } from '../token/kis-token.service';
import { callerSignal, type CallerSignal } from './caller-signal';
import { classify, type KisDoubt, type KisOk, type KisRefusal } from './kis-answer';
import { nameOf, prepareCall, type KisCall } from './kis-call';
import type { KisRequestOptions } from './kis-http.types';
import { KisRequestPacer } from './pacing/kis-request-pacer';
import { KisSecondChances, type CallChances } from './second-chances';

/** What the calls need of the token service. */
export type KisTokenSource = Pick<KisTokenService, 'getToken' | 'replaceRefused'>;

/** A call on its way, with the token that it was attached to. */
interface Journey {
  readonly call: KisCall;
  readonly caller: CallerSignal;
  readonly token: KisToken;
  readonly chances: CallChances;
}

/**
 * The interceptors of the library's axios instance: `attach` puts a valid token on every request, `heal` judges the
 * answer and sends the request once more where that is right.
 *
 * `attach` is the first that is registered, so axios runs it last: what it has checked is what is sent, whatever
 * interceptors a caller adds. Credentials are taken off again with the answer: no response and no error holds them.
 */
@Injectable()
export class KisHttpInterceptor {
  private readonly logger = new Logger('KIS API');
  /** By the options of the request, which axios hands on as they are, while it copies the rest. */
  private readonly journeys = new WeakMap<KisRequestOptions, Journey>();

  constructor(
    private readonly configuration: KisConfiguration,
    @Inject(KisTokenService) private readonly tokens: KisTokenSource,
    private readonly pacer: KisRequestPacer,
    private readonly exchange: KisExchange,
    private readonly chances: KisSecondChances,
  ) {}

  /** Request interceptor. Rejects with a KisError, or with the reason of a caller who has given up. */
  async attach(config: InternalAxiosRequestConfig): Promise<InternalAxiosRequestConfig> {
    const caller = callerSignal(config);
    try {
      const call = prepareCall(config, this.configuration, caller.signal);
      const token = await this.tokenFor(call);
      const kis = { ...config.kis };
      this.journeys.set(kis, { call, caller, token, chances: this.chances.forCall(call) });
      const headers = new AxiosHeaders({ ...call.headers, ...credentialsOf(call, token) });
      // What the answer is made of here is not to be transformed again.
      return { ...config, kis, headers, adapter: (dressed) => this.send(dressed), transformResponse: [] };
    } catch (error) {
      caller.release();
      throw error;
    }
  }

  /** Response interceptor. Resolves with the parsed body of a call that KIS has executed; else rejects as `attach`. */
  async heal(response: AxiosResponse<KisExchangeResult>): Promise<AxiosResponse<KisOk['body']>> {
    const { config } = response;
    const journey = this.journeyOf(config);
    try {
      const { body, status, headers } = await this.carriedOut(response.data, journey, config.data);
      return { data: body, status, statusText: '', headers: new AxiosHeaders(headers), config };
    } finally {
      config.headers = new AxiosHeaders(journey.call.headers);
      journey.caller.release();
    }
  }

  /** In the place of axios's adapter: one exchange with KIS. Its outcome, good or bad, is the data of the response. */
  private async send(config: InternalAxiosRequestConfig): Promise<AxiosResponse<KisExchangeResult>> {
    const { call, caller } = this.journeyOf(config);
    try {
      const data = await this.inTurn(call, requestFor(call, config.headers, config.data));
      return { data, status: 0, statusText: '', headers: {}, config };
    } catch (error) {
      caller.release();
      throw error;
    }
  }

  private async carriedOut(
    first: KisExchangeResult,
    { call, token, chances }: Journey,
    body: unknown,
  ): Promise<KisOk> {
    let current = token;
    for (let result = first; ;) {
      const answer = classify(result, call);
      if (answer.kind === 'ok') return answer;
      if (!chances.take(answer)) throw this.reported(chances.failure(answer));
      this.logger.debug(`${nameOf(call)}: ${answer.kind}, is sent again`);
      current = await this.tokenAfter(answer, call, current, body);
      await chances.pause(answer);
      result = await this.inTurn(
        call,
        requestFor(call, { ...call.headers, ...credentialsOf(call, current) }, body),
      );
    }
  }

  private async tokenAfter(
    answer: KisRefusal | KisDoubt,
    call: KisCall,
    token: KisToken,
    body: unknown,
  ): Promise<KisToken> {
    if (answer.kind !== 'token-refused') return this.tokenFor(call);
    const { alias } = call.account;
    const other = await this.tokens.replaceRefused(alias, token, answer.facts, { signal: call.signal });
    if (!isStream(body)) return other;
    throw new KisTokenRejectedError(
      `KIS refused the token of ${nameOf(call)}, and a body that is a stream cannot be sent twice. Nothing was executed; there is a new token now, so send it again.`,
      { kis: answer.facts },
    );
  }

  private async tokenFor(call: KisCall): Promise<KisToken> {
    const token = this.tokens.getToken(call.account.alias, { signal: call.signal });
    return token instanceof Promise ? await token : token;
  }

  /** The permit is the last thing that is waited for: it is good for now. */
  private async inTurn(call: KisCall, request: KisExchangeRequest): Promise<KisExchangeResult> {
    const permit = await this.pacer.acquire(call.account.credential, call.signal);
    try {
      return await this.exchange.send(request);
    } finally {
      permit.answered();
    }
  }

  private journeyOf(config: InternalAxiosRequestConfig): Journey {
    const journey = config.kis && this.journeys.get(config.kis);
    if (journey) return journey;
    throw new KisInvalidRequestError(
      'The option "kis" of a request was changed while it was on its way; set it before the request is made.',
    );
  }

  private reported(failure: KisError): KisError {
    this.logger.warn(failure.message);
    return failure;
  }
}

function credentialsOf(call: KisCall, token: KisToken): Record<string, string> {
  const { appKey, appSecret } = call.account.credential;
  return { authorization: token.authorization, appkey: appKey, appsecret: appSecret };
}

function requestFor(
  call: KisCall,
  headers: KisExchangeRequest['headers'],
  body: unknown,
): KisExchangeRequest {
  const { method, url, timeoutMs, signal } = call;
  return { method, url, headers, body, timeoutMs, signal };
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'pipe' in body;
}
