import { Inject, Injectable } from '@nestjs/common';
import { AccountLogger } from '../account-logger';
import { KisClock } from '../clock';
import { KisUnavailableError } from '../kis.errors';
import type { KisToken } from '../token/kis-token';
import { KisTokenService } from '../token/kis-token.service';
import { headerIn, type KisExchangeResult } from '../transport/exchange-result';
import { KisExchange, type KisExchangeRequest, type VerbatimHead } from '../transport/kis-exchange';
import { KisCircuitBreakers } from './circuit-breaker';
import type { Deadline } from './deadline';
import { classify, type KisAnswer } from './kis-answer';
import { isRead, nameOf, type KisCall } from './kis-call';
import { KisRequestPacer } from './pacing/kis-request-pacer';

/**
 * Sends a call once, when it has a permit, and classifies the answer. Credentials are added here and exist only below
 * this class.
 */
@Injectable()
export class KisCallSender {
  private readonly logger = new AccountLogger('KIS API');

  constructor(
    @Inject(KisTokenService) private readonly tokens: Pick<KisTokenService, 'noteServerDate'>,
    private readonly pacer: KisRequestPacer,
    private readonly exchange: KisExchange,
    private readonly breakers: KisCircuitBreakers,
    private readonly clock: KisClock,
  ) {}

  /**
   * Rejects with KisUnavailableError when a read would only wait for an unresponsive origin, KisRateLimitedError
   * when too many calls are waiting, and the reason of the deadline's or the caller's signal.
   */
  async send(call: KisCall, token: KisToken, deadline: Deadline): Promise<KisSendOutcome> {
    const began = this.clock.monotonic();
    const entered = this.breakers.of(call.account.credential).enter(isRead(call), deadline);
    const pass = entered instanceof Promise ? await entered : entered;
    let result: KisExchangeResult | null = null;
    try {
      // The permit comes last, because it is valid only now.
      const isUrgent = call.isUrgent === true || !isRead(call);
      const { credential } = call.account;
      const permit =
        (isUrgent ? null : this.pacer.tryAcquire(credential)) ??
        (await this.pacer.acquire(credential, deadline.signal, isUrgent));
      let isOnItsWay = false;
      try {
        deadline.throwIfOver(); // The deadline may have passed in the same tick.
        if (call.isTooLate?.()) throw tooLate(call);
        const timeoutMs = Math.min(call.timeoutMs, deadline.remainingMs);
        pass.sending(timeoutMs, timeoutMs >= call.timeoutMs);
        isOnItsWay = true;
        result = await this.exchangeFor(call, token, timeoutMs);
        isOnItsWay = false;
      } finally {
        // A request that its caller has aborted may still arrive at an unknown time, so its permit counts for the
        // maximum time.
        if (!isOnItsWay) permit.answered();
      }
    } finally {
      pass.end(result);
    }
    const answer = classify(result, call);
    this.logger.debug(
      call.account.credential,
      lineAbout(call, answer, result, this.clock.monotonic() - began),
    );
    return { answer, isProbe: pass.isProbe };
  }

  /** Whether the call would be sent now. */
  admits(call: KisCall): boolean {
    return !isRead(call) || this.breakers.of(call.account.credential).admitsRead;
  }

  private async exchangeFor(call: KisCall, token: KisToken, timeoutMs: number): Promise<KisExchangeResult> {
    const began = this.clock.monotonic();
    const result = await this.exchange.send(requestFor(call, token, timeoutMs));
    if (result.kind === 'answered') {
      const date = headerIn(result.wire.rawHeaders, 'date');
      this.tokens.noteServerDate(call.account.alias, date, this.clock.monotonic() - began);
    }
    return result;
  }
}

export interface KisSendOutcome {
  readonly answer: KisAnswer;
  /** The call was sent to test whether KIS answers again. */
  readonly isProbe: boolean;
}

function tooLate(call: KisCall): KisUnavailableError {
  return new KisUnavailableError(
    `${nameOf(call)} was not sent: its permit came too late, because this process was suspended or overloaded. Send it again.`,
  );
}

/** `GET /uapi/… (TTTC8434R): ok, HTTP 200 after 12 ms` */
function lineAbout(call: KisCall, { kind }: KisAnswer, result: KisExchangeResult, tookMs: number): string {
  const status = result.kind === 'answered' ? `HTTP ${result.status}` : 'no answer';
  return `${nameOf(call)}: ${kind}, ${status} after ${Math.round(tookMs)} ms`;
}

function requestFor(call: KisCall, token: KisToken, timeoutMs: number): KisExchangeRequest {
  const { method, url, body, signal, verbatim } = call;
  const { id, appKey, appSecret, redactor } = call.account.credential;
  redactor.knowToken(id, token.accessToken); // Before KIS can repeat it.
  const credentials: Credentials = {
    authorization: token.authorization,
    appkey: appKey,
    appsecret: appSecret,
  };
  return verbatim
    ? { method, url, headers: {}, verbatim: withCredentials(verbatim, credentials), body, timeoutMs, signal }
    : { method, url, headers: { ...call.headers, ...credentials }, body, timeoutMs, signal };
}

type Credentials = Readonly<Record<'authorization' | 'appkey' | 'appsecret', string>>;

/** Replaces the values of credentials where the request has them; their names keep their spelling. */
function withCredentials(head: VerbatimHead, credentials: Credentials): VerbatimHead {
  const rawHeaders = [...head.rawHeaders];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const value = credentialNamed(rawHeaders[index] ?? '', credentials);
    if (value !== undefined) rawHeaders[index + 1] = value;
  }
  return { ...head, rawHeaders };
}

function credentialNamed(name: string, credentials: Credentials): string | undefined {
  switch (name.toLowerCase()) {
    case 'authorization':
      return credentials.authorization;
    case 'appkey':
      return credentials.appkey;
    case 'appsecret':
      return credentials.appsecret;
    default:
      return undefined;
  }
}
