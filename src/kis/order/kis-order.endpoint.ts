import { Inject, Injectable } from '@nestjs/common';
import { KisCaller } from '../http/kis-caller';
import type { KisAnswer, KisOk } from '../http/kis-answer';
import { kisHeaders, type KisCall } from '../http/kis-call';
import { failureOf } from '../http/kis-failures';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import {
  KisBadResponseError,
  KisNotAvailableInMockError,
  KisTokenCooldownError,
  KisUnavailableError,
} from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import type { WireRecord } from '../protocol/wire';
import type { WireResponse } from '../transport/exchange-result';
import type { OrderMessage } from './order-message';
import type { OrderAttemptResult } from './order-attempt-result';

/** The order endpoints of KIS: sends one call, and judges what its response says about the order. */
@Injectable()
export class KisOrderEndpoint {
  constructor(
    @Inject(KisCaller) private readonly caller: Pick<KisCaller, 'answerTo'>,
    private readonly configuration: KisConfiguration,
    private readonly clock: KisClock,
  ) {}

  /**
   * Sends an order once. If KIS refuses the token, the token is replaced and the call repeated, because KIS has not executed
   * it. Never rejects: a failure is part of the result. Takes no signal, because a sent order cannot be called back.
   *
   * @param isTooLate called at the last moment; once other processes may count the order as lost, it is not sent any more.
   */
  async send(
    account: KisAccount,
    message: OrderMessage,
    isTooLate: () => boolean,
  ): Promise<OrderAttemptResult> {
    let call: KisCall;
    try {
      call = this.prepare(account, message, isTooLate);
    } catch (thrown) {
      return unsent(thrown);
    }
    return this.deliver(call);
  }

  /**
   * The same for the call of another program.
   * @param onWire receives KIS's response byte for byte, if there is one.
   * @param isNumbered whether KIS returns a number for an accepted order; for a reserved order (예약주문) it does not.
   */
  async deliver(
    call: KisCall,
    onWire?: (response: WireResponse) => void,
    isNumbered = true,
  ): Promise<OrderAttemptResult> {
    let answer: KisAnswer;
    try {
      answer = await this.caller.answerTo(call);
    } catch (thrown) {
      return unsent(thrown);
    }
    if (answer.wire) onWire?.(answer.wire);
    if (answer.kind === 'ok') return accepted(answer, call, isNumbered);
    if (answer.kind === 'refused') return { kind: 'rejected', kis: answer.facts };
    const error = failureOf(answer, call, this.clock.now());
    const hasNotLeft = 'unsent' in answer && (answer.unsent ?? false);
    if (hasNotLeft || answer.kind === 'rate-limited') return { kind: 'not-placed', error, again: true };
    if (TURNED_AWAY.has(answer.kind)) return { kind: 'not-placed', error, again: false };
    return { kind: 'unknown', error };
  }

  private prepare(account: KisAccount, { call, body }: OrderMessage, isTooLate: () => boolean): KisCall {
    const trId = call.trId[account.mode];
    if (trId === null) {
      throw new KisNotAvailableInMockError(
        `KIS does not offer ${call.title} in mock trading (모의투자), so nothing was sent. Use an account with trading mode REAL.`,
      );
    }
    const { timeoutMs } = this.configuration.requestPolicy(account.credential);
    const deadlineMs = timeoutMs + SETUP_MS;
    return {
      account,
      method: 'POST',
      url: new URL(call.path, account.credential.origin),
      trId,
      continued: false,
      headers: kisHeaders(trId, 'P', ''),
      body: JSON.stringify(body),
      signal: undefined,
      timeoutMs,
      deadlineMs,
      isTooLate,
    };
  }
}

/** For the token and the permit, on top of the time that KIS may take. */
const SETUP_MS = 2000;

/** KIS has not processed the order, and would not process it if it were sent again. */
const TURNED_AWAY: ReadonlySet<KisAnswer['kind']> = new Set(['token-refused', 'credentials-refused']);

/** No token or no permit: nothing was sent. */
function unsent(thrown: unknown): OrderAttemptResult {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const again = error instanceof KisTokenCooldownError || error instanceof KisUnavailableError;
  return { kind: 'not-placed', error, again };
}

/** `rt_cd` 0 without an order number proves nothing: the order may be in KIS's book. */
function accepted({ body }: KisOk, call: KisCall, isNumbered: boolean): OrderAttemptResult {
  const output = structure(body['output']);
  const orderNumber = text(output, 'ODNO');
  if (orderNumber === '' && isNumbered) {
    const error = new KisBadResponseError(
      "KIS accepted an order without returning its number, so its outcome is not known. It is looked up in KIS's lists.",
    );
    return { kind: 'unknown', error };
  }
  const kis = { msgCd: text(body, 'msg_cd'), msg1: text(body, 'msg1'), trId: call.trId };
  return { kind: 'accepted', orderNumber, branch: text(output, 'KRX_FWDG_ORD_ORGNO'), kis };
}

function structure(value: unknown): WireRecord {
  return typeof value === 'object' && value !== null ? (value as WireRecord) : {};
}

/** The portal documents these keys in lower case; the servers send upper case. */
function text(record: WireRecord, key: string): string {
  const value = record[key] ?? record[key.toLowerCase()];
  return typeof value === 'string' ? value.trim() : '';
}
