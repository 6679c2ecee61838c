import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  KisConfiguration,
  KisError,
  KisOrderJournalError,
  KisProgramOrders,
  KisRateLimitedError,
  KisRelay,
  KisTimeoutError,
  KisTokenCooldownError,
  KisUnavailableError,
  programOrderBody,
  undecided,
  type KisAccount,
  type KisRelayedRequest,
  type ProgramOrderBody,
} from '../kis';
import { GatewayCallers, type GatewayCaller } from './gateway-callers';
import { sendOn, type HttpCall } from './http-call';
import { answerOrder, ORDER_CODES, refuseOrder, type OrderCode } from './order-answers';
import { ProgramStatistics } from './program-statistics';
import { refuseCall, type GatewayCode } from './refusals';
import { ProgramTokens } from './program-tokens';
import { decidingHeaders, isHashkey, isOrder, isPassedOn, type DecidingHeaders } from './uapi-call';

/** Calls under /uapi: passed on to KIS byte for byte, with our credentials in place of the program's. */
@Injectable()
export class UapiRoutes implements OnApplicationShutdown {
  private readonly logger = new Logger('Gateway');

  constructor(
    private readonly callers: GatewayCallers,
    private readonly tokens: ProgramTokens,
    private readonly statistics: ProgramStatistics,
    private readonly relay: KisRelay,
    private readonly orders: KisProgramOrders,
    private readonly configuration: KisConfiguration,
  ) {}

  /** Responds to a call; returns `null`, and sends nothing, when the path is not one of KIS's. */
  handle(call: HttpCall): Promise<void> | null {
    return isPassedOn(call) ? this.respond(call) : null;
  }

  /** Runs before the journal is closed. An unrecorded delivery would make an equal order of the next minute a repetition. */
  onApplicationShutdown(): Promise<void> {
    return this.orders.noted();
  }

  private async respond(call: HttpCall): Promise<void> {
    const arrivedAt = this.orders.now();
    const headers = decidingHeaders(call);
    if (!headers) {
      refuseCall(call.response, 'EGW00101', '', { status: 400, because: 'a header of KIS is there twice' });
      return;
    }
    const trId = headers.tr_id;
    const identified = this.caller(call, headers);
    const caller =
      identified instanceof Promise ? await this.unlessOrder(call, trId, identified) : identified;
    if (typeof caller === 'string') refuseCall(call.response, caller, trId);
    else if (caller) await this.pass(call, caller, { trId, arrivedAt });
  }

  /**
   * The caller; `null` after an answer to an order whose caller cannot be looked up. That answer says that the outcome is
   * unknown, because after KIS's 500 programs would send the order again.
   */
  private async unlessOrder(
    call: HttpCall,
    trId: string,
    identifying: Promise<Identified>,
  ): Promise<Identified | null> {
    try {
      return await identifying;
    } catch (error) {
      if (!(error instanceof KisOrderJournalError) || !isOrder(call, trId)) throw error;
      answerOrder(call.response, undecided(error.message), trId);
      return null;
    }
  }

  /** Checks the headers in the order of KIS, as public captures show it. */
  private caller(call: HttpCall, headers: DecidingHeaders): Identified | Promise<Identified> {
    const { authorization, appkey, appsecret } = headers;
    const needsToken = !isHashkey(call);
    if (needsToken && authorization === '') return 'EGW00122';
    if (needsToken && !/^Bearer(?: +|$)/i.test(authorization)) return 'EGW00205';
    if (appkey === '') return 'EGW00102';
    const token = authorization.replace(/^Bearer */i, '').trim();
    if (needsToken && token === '') return 'EGW00122';
    const checked = (caller: Identified): Identified => {
      if (caller === 'EGW00105') return 'EGW00304'; // What KIS calls a wrong secret here.
      if (typeof caller === 'string' || !needsToken) return caller;
      return this.tokens.problemWith(caller, token) ?? caller;
    };
    const identified = this.callers.identify(call.mode, appkey, appsecret);
    return identified instanceof Promise ? identified.then(checked) : checked(identified);
  }

  private pass(
    call: HttpCall,
    caller: GatewayCaller,
    { trId, arrivedAt }: { readonly trId: string; readonly arrivedAt: Arrival },
  ): Promise<void> | undefined {
    this.statistics.called(caller);
    const { method, path, rawHeaders, body } = call;
    const mayRead = method === 'GET' || isHashkey(call);
    if (caller.allow === 'read' && (isOrder(call, trId) || !mayRead)) {
      this.refuse(call, caller, { code: ORDER_CODES.READ_ONLY, trId, because: '' });
      return undefined;
    }
    const request: KisRelayedRequest = { method, path, rawHeaders, body, trId };
    if (!isOrder(call, trId)) return this.read(call, caller, request);
    return this.order(call, caller, { request, arrivedAt });
  }

  private async read(call: HttpCall, caller: GatewayCaller, request: KisRelayedRequest): Promise<void> {
    try {
      sendOn(call.response, await this.relay.pass(caller.account, request, call.signal));
    } catch (error) {
      if (call.signal.aborted) return;
      if (!(error instanceof KisError)) throw error;
      const code = codeFor(error);
      this.statistics.failed(caller, code, error.message);
      refuseCall(call.response, code, request.trId, { because: error.message });
    }
  }

  /** Once it is in the journal, an order is sent whether or not the program still waits for it. */
  private async order(
    call: HttpCall,
    caller: GatewayCaller,
    { request, arrivedAt }: { readonly request: KisRelayedRequest; readonly arrivedAt: Arrival },
  ): Promise<void> {
    const { response } = call;
    const fields = programOrderBody(request.body);
    if (!fields) {
      this.refuse(call, caller, {
        code: ORDER_CODES.NOT_PLACED,
        trId: request.trId,
        because: UNREADABLE_BODY,
      });
      return;
    }
    const account = this.accountOf(caller, fields);
    if (typeof account === 'string') {
      this.refuse(call, caller, { code: ORDER_CODES.ORDERS_OFF, trId: request.trId, because: account });
      return;
    }
    const parties = { program: caller.name, arrivedAt, hangUp: call.signal };
    const answer = await this.orders.carryOut(account, request, parties).catch((error: unknown) => {
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return OUTCOME_IN_LOG;
    });
    response.once('finish', () => {
      this.orders.delivered(answer);
    });
    const code = answerOrder(response, answer, request.trId);
    if (code !== null) this.statistics.failed(caller, code, 'message' in answer ? answer.message : '');
  }

  /** Refuses an order, or a call that needs a trade key, before it reaches the journal. */
  private refuse(
    { response }: HttpCall,
    caller: GatewayCaller,
    { code, trId, because }: { readonly code: OrderCode; readonly trId: string; readonly because: string },
  ): void {
    this.statistics.failed(caller, code, because);
    const what = `${trId.slice(0, LONGEST_TR_ID)} of program "${caller.name}"`;
    this.logger.warn(`An order (${what}) was refused with ${code}; nothing was sent. ${because}`.trimEnd());
    refuseOrder(response, code, trId, because);
  }

  /**
   * The account of an order, or why it is refused. Caps and switches are per account, so an order may name only a configured
   * account, and with a program key only the account of that key. An order that names none counts for the caller's own
   * account, and KIS decides about it.
   */
  private accountOf({ key, account }: GatewayCaller, fields: ProgramOrderBody): KisAccount | string {
    const number = fields.get('CANO');
    if (number === undefined) return account;
    const code = fields.get('ACNT_PRDT_CD') ?? '01';
    if (!/^\d{8}$/.test(number) || !/^\d{2}$/.test(code)) return UNREADABLE_ACCOUNT;
    const candidates = key
      ? [account]
      : this.configuration.accounts.filter(({ credential }) => credential.id === account.credential.id);
    const named = candidates.find((each) => each.number === number && each.productCode === code);
    return named ?? OTHER_ACCOUNT;
  }
}

const UNREADABLE_BODY =
  'Its body is not one flat JSON object in UTF-8, without a byte order mark, that has each field once.';
const UNREADABLE_ACCOUNT = 'Its account cannot be read: CANO must be eight digits, and ACNT_PRDT_CD two.';
const OTHER_ACCOUNT =
  'It names another account (CANO, ACNT_PRDT_CD) than the one that this key is configured for.';
/** After an unexpected error the order may be at KIS. */
const OUTCOME_IN_LOG = {
  kind: 'undecided',
  message: 'An unexpected error occurred, which the log of the gateway names.',
} as const;
/** In a log line, in characters. */
const LONGEST_TR_ID = 13;

type Identified = GatewayCaller | GatewayCode;
type Arrival = ReturnType<KisProgramOrders['now']>;

function codeFor(error: KisError): GatewayCode {
  if (error instanceof KisRateLimitedError) return 'EGW00201';
  if (error instanceof KisTimeoutError) return 'EGW00301';
  if (error instanceof KisTokenCooldownError) return 'EGW00133';
  return error instanceof KisUnavailableError ? 'EGW00300' : 'EGW00002';
}
