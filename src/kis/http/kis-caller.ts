import { Inject, Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { AccountLogger } from '../account-logger';
import { KisClock } from '../clock';
import { KisTimeoutError, KisTokenRejectedError, type KisError } from '../kis.errors';
import type { KisToken } from '../token/kis-token';
import { KisTokenService } from '../token/kis-token.service';
import { KisCallSender } from './call-sender';
import { Deadline } from './deadline';
import type { KisAnswer, KisFailure, KisOk } from './kis-answer';
import { nameOf, type KisCall } from './kis-call';
import { failureOf } from './kis-failures';
import { KisRetryPolicy, type CallRetries } from './retry-policy';

/** Carries calls out: sends each with a valid token, and again where a retry is safe and there is time for it. */
@Injectable()
export class KisCaller {
  private readonly logger = new AccountLogger('KIS API');

  constructor(
    @Inject(KisTokenService) private readonly tokens: KisTokenSource,
    private readonly sender: KisCallSender,
    private readonly retryPolicy: KisRetryPolicy,
    private readonly clock: KisClock,
  ) {}

  /**
   * Resolves when KIS has executed the call. Rejects with a KisError, or with the abort reason of the caller. The
   * deadline of the call bounds everything together: waiting for a token and for a turn, answers, pauses and retries.
   */
  async carryOut(call: KisCall): Promise<KisOk> {
    const answer = await this.answerTo(call);
    if (answer.kind === 'ok') return answer;
    throw this.reported(call, failureOf(answer, call, this.clock.now()));
  }

  /**
   * As {@link carryOut}, but resolves with the last answer, whatever it is. Rejects only when KIS has not executed the call:
   * there was no token or no turn for it in time, or its token was refused and not replaced.
   */
  async answerTo(call: KisCall): Promise<KisAnswer> {
    const progress = { waitingFor: '' };
    const deadline = new Deadline(this.clock, call.deadlineMs, call.signal, () =>
      overdue(call, progress.waitingFor),
    );
    try {
      return await this.attempt(call, deadline, progress);
    } finally {
      deadline.release();
    }
  }

  private async attempt(
    call: KisCall,
    deadline: Deadline,
    progress: { waitingFor: string },
  ): Promise<KisAnswer> {
    progress.waitingFor = 'a token';
    const fresh = this.tokens.getToken(call.account.alias, deadline);
    let token = fresh instanceof Promise ? await fresh : fresh;
    let retries: CallRetries | null = null;
    for (;;) {
      progress.waitingFor = 'its turn';
      const { answer, isProbe } = await this.sender.send(call, token, deadline);
      if (answer.kind === 'ok') return answer;
      retries ??= this.retryPolicy.forCall(call, deadline);
      const isForeignToken = token.generation === 0;
      if (!retries.take(answer, isForeignToken)) return answer;
      if (answer.kind === 'timeout' && !this.mayProbe(call, isProbe)) return answer;
      this.logger.debug(call.account.credential, `${nameOf(call)}: ${answer.kind}, is sent again`);
      progress.waitingFor = 'another attempt';
      token = await this.tokenAfter(answer, call, token, deadline.signal);
      await retries.pause(answer);
    }
  }

  /**
   * A retry after a timeout is the first probe of an origin that seems not to answer; only one probe runs at a time.
   */
  private mayProbe(call: KisCall, wasProbe: boolean): boolean {
    return !wasProbe && this.sender.admits(call);
  }

  private async tokenAfter(
    failure: KisFailure,
    call: KisCall,
    token: KisToken,
    signal: AbortSignal,
  ): Promise<KisToken> {
    const { alias } = call.account;
    if (failure.kind !== 'token-refused') return this.tokens.getToken(alias, { signal });
    const other = await this.tokens.replaceRefused(alias, token, failure.facts, { signal });
    if (!(call.body instanceof Readable)) return other;
    throw new KisTokenRejectedError(
      `KIS refused the token of ${nameOf(call)}, and a body that is a stream cannot be sent twice. Nothing was executed, and a new token is available: send it again.`,
      { kis: failure.facts },
    );
  }

  private reported(call: KisCall, failure: KisError): KisError {
    this.logger.failure(call.account.credential, failure);
    return failure;
  }
}

/** The part of the token service that calls need. */
export type KisTokenSource = Pick<KisTokenService, 'getToken' | 'replaceRefused' | 'noteServerDate'>;

/** An exchange has its own time limit, so the deadline passed during a wait: nothing was executed. */
function overdue(call: KisCall, waitingFor: string): KisTimeoutError {
  return new KisTimeoutError(
    `${nameOf(call)} was given up after ${Math.round(call.deadlineMs / 1000)} s, while it waited for ${waitingFor}. ` +
      'Nothing was executed. Try again later; if this keeps happening, check the status of the token and the number of calls.',
  );
}
