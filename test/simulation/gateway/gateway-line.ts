import type { KisCaller } from '../../../src/kis/http/kis-caller';
import { kisHeaders } from '../../../src/kis/http/kis-call';
import { KisApiClient, type KisPage, type KisPageOptions } from '../../../src/kis/http/kis-api.client';
import { PermitLog, type PermitAnswer, type PermitRequest } from '../../../src/kis/http/pacing/permit-log';
import type { PermitBook } from '../../../src/kis/http/pacing/permit-book';
import type { Pace } from '../../../src/kis/http/pacing/pace';
import type { KisAccount } from '../../../src/kis/kis-account';
import type { KisCredential } from '../../../src/kis/kis-credential';
import type { KisReadCall } from '../../../src/kis/protocol/kis-calls';
import type { KisExchangeResult } from '../../../src/kis/transport/exchange-result';
import { KisExchange, type KisExchangeRequest } from '../../../src/kis/transport/kis-exchange';
import type { OrderFaults } from '../orders/order-line';
import type { SimulatedProcess } from '../simulated-machine';
import type { SimulatedUapi, UapiReaction, UapiReply } from './simulated-uapi';

const WAY_MS = 150;
const LATE_MS = 6000;
/** A permit that comes later is given back, as by the log in a file. */
const LATE_PERMIT_MS = 300;
const FAULTS = ['refused connection', 'lost request', 'lost response', 'late', 'answer', 'answer'] as const;
const ORDER_REACTIONS: readonly UapiReaction[] = [
  'refuses',
  'too-many',
  'out-of-order',
  'outcome-unknown',
  'no-number',
  'html',
];
const READ_REACTIONS: readonly UapiReaction[] = ['too-many', 'out-of-order', 'html'];

/** The permits of all processes, as one of them reaches them. */
export class SimulatedPermitLog extends PermitLog {
  constructor(
    private readonly book: PermitBook,
    private readonly process: SimulatedProcess,
  ) {
    super();
  }

  async look(_credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    const { clock } = this.process;
    for (let { answered } = request; ;) {
      let decidedAt = 0;
      const answer = await this.process.call(() => {
        decidedAt = clock.monotonic();
        return this.book.look(decidedAt, pace, { ...request, answered });
      });
      if (answer.given === 0 || clock.monotonic() - decidedAt <= LATE_PERMIT_MS) return answer;
      answered = request.wanted.slice(0, answer.given).map((id) => ({ id, agoMs: pace.windowMs }));
    }
  }
}

/** The way of a call from one process to KIS and back: takes time, and loses things. */
export class SimulatedExchange extends KisExchange {
  constructor(
    private readonly uapi: SimulatedUapi,
    private readonly process: SimulatedProcess,
    private readonly faults: OrderFaults,
  ) {
    super(process.clock, { maxAnswerBytes: 1, keepAlive: false });
  }

  override send(request: KisExchangeRequest): Promise<KisExchangeResult> {
    const { signal } = request;
    this.process.onStep();
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      this.exchange(request, resolve);
    });
  }

  private exchange(request: KisExchangeRequest, resolve: (result: KisExchangeResult) => void): void {
    const { process, uapi } = this;
    const { scheduler, choices } = process;
    const end = (afterMs: number, result: KisExchangeResult): void => {
      scheduler.after(afterMs, () => {
        process.deliver(() => {
          resolve(result);
        });
      });
    };
    const isOrder = request.method === 'POST';
    const fails = choices.happens(isOrder ? this.faults.order : this.faults.read);
    const fault = fails ? choices.oneOf(FAULTS) : null;
    end(request.timeoutMs, { kind: 'timeout', sent: true });
    if (fault === 'refused connection') {
      end(choices.between(1, WAY_MS), lost('ECONNREFUSED', false));
      return;
    }
    const resets = choices.happens(0.5);
    const isLate = fault === 'late';
    const wayMs = choices.between(isLate ? WAY_MS : 1, isLate ? LATE_MS : WAY_MS);
    if (resets && (isLate || fault === 'lost request'))
      end(choices.between(1, WAY_MS), lost('ECONNRESET', true));
    if (fault === 'lost request') return;
    const reactions = isOrder ? ORDER_REACTIONS : READ_REACTIONS;
    const reaction = fault === 'answer' ? choices.oneOf(reactions) : 'takes';
    const reaches = choices.happens(0.5);
    scheduler.after(wayMs, () => {
      const reply = uapi.arrive({ request, reaction, reaches, isLate });
      if (fault !== 'lost response') end(choices.between(1, WAY_MS), answered(reply, scheduler.time));
      else if (resets) end(WAY_MS, lost('ECONNRESET', true));
    });
  }
}

/** The reading calls of the library, straight to the caller, without the HTTP client in between. */
export class GatewayApi extends KisApiClient {
  constructor(
    private readonly caller: KisCaller,
    private readonly process: SimulatedProcess,
    private readonly timeoutMs: number,
  ) {
    super(undefined as never, process.clock);
  }

  override async read(
    account: KisAccount,
    call: KisReadCall,
    params: Readonly<Record<string, string>>,
    { signal, urgent = false, timeoutMs: deadlineMs = 6 * this.timeoutMs }: KisPageOptions = {},
  ): Promise<KisPage> {
    const trId = call.trId[account.mode] ?? '';
    const url = new URL(`${call.path}?${new URLSearchParams(params).toString()}`, account.credential.origin);
    const { body } = await this.caller.carryOut({
      account,
      method: 'GET',
      url,
      trId,
      continued: false,
      isUrgent: urgent,
      headers: kisHeaders(trId, 'P', ''),
      body: undefined,
      signal,
      timeoutMs: this.timeoutMs,
      deadlineMs,
    });
    return { body, receivedAt: new Date(this.process.clock.now()), next: null, mayBeLast: false };
  }
}

function lost(reason: string, sent: boolean): KisExchangeResult {
  return { kind: 'unreachable', sent, reason, cause: new Error(reason) };
}

function answered({ status, body }: UapiReply, time: number): KisExchangeResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = Buffer.from(text);
  const headers = { date: new Date(time).toUTCString() };
  return {
    kind: 'answered',
    status,
    text,
    bytes,
    headers,
    wire: { status, rawHeaders: ['Date', headers.date], bytes },
  };
}
