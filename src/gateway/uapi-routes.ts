import { Injectable, Logger } from '@nestjs/common';
import {
  isOrderId,
  KisConfiguration,
  KisError,
  KisProgramOrders,
  KisRateLimitedError,
  KisRelay,
  KisTimeoutError,
  KisTokenCooldownError,
  KisUnavailableError,
  programOrderBody,
  type KisAccount,
  type KisRelayedRequest,
  type ProgramOrderBody,
} from '../kis';
import { GatewayCallers, type GatewayCaller } from './callers';
import { headerOf, sendOn, type HttpCall } from './http-call';
import { answerOrder, ORDER_CODES, refuseOrder, type OrderCode } from './order-answers';
import { Programs } from './programs';
import { refuseCall, type GatewayCode } from './refusals';
import { GatewayTokens } from './tokens';

const HASHKEY = '/uapi/hashkey';
const UNREADABLE_BODY =
  'Its body is not one flat JSON object in UTF-8, without a byte order mark, that has each field once.';
const UNREADABLE_ACCOUNT = 'Its account cannot be read: CANO must be eight digits, and ACNT_PRDT_CD two.';
const OTHER_ACCOUNT =
  'It names another account (CANO, ACNT_PRDT_CD) than the one that this key is configured for.';
/** In a log line, in characters. */
const LONGEST_TR_ID = 13;

/** The headers that decide what a call is and who makes it: each at most once. */
const DECIDING = ['authorization', 'appkey', 'appsecret', 'tr_id'] as const;

type Deciding = Readonly<Record<(typeof DECIDING)[number], string>>;

/** Calls under /uapi: passed on to KIS byte for byte, with our credentials in place of the program's. */
@Injectable()
export class UapiRoutes {
  private readonly logger = new Logger('Gateway');

  constructor(
    private readonly callers: GatewayCallers,
    private readonly tokens: GatewayTokens,
    private readonly programs: Programs,
    private readonly relay: KisRelay,
    private readonly orders: KisProgramOrders,
    private readonly configuration: KisConfiguration,
  ) {}

  /** Resolves with whether the path is one of KIS's; nothing is sent for any other. */
  async handle(call: HttpCall): Promise<boolean> {
    if (!isPassedOn(call.path)) return false;
    const headers = decidingHeaders(call);
    if (!headers) {
      refuseCall(call.response, 'EGW00101', '', { status: 400, because: 'a header of KIS is there twice' });
      return true;
    }
    const caller = await this.caller(call, headers);
    if (typeof caller === 'string') refuseCall(call.response, caller, headers.tr_id);
    else await this.pass(call, caller, headers.tr_id);
    return true;
  }

  /** In the order in which KIS's simulator, after public captures, checks them. */
  private async caller(call: HttpCall, headers: Deciding): Promise<GatewayCaller | GatewayCode> {
    const { authorization, appkey, appsecret } = headers;
    const needsToken = call.path.split('?')[0] !== HASHKEY;
    if (needsToken && authorization === '') return 'EGW00122';
    if (needsToken && !/^Bearer(?: +|$)/i.test(authorization)) return 'EGW00205';
    if (appkey === '') return 'EGW00102';
    const caller = await this.callers.identify(call.mode, appkey, appsecret);
    if (typeof caller === 'string') return caller;
    const token = authorization.replace(/^Bearer */i, '').trim();
    const problem = needsToken ? this.tokens.problemWith(caller, token) : null;
    return problem ?? caller;
  }

  private async pass(call: HttpCall, caller: GatewayCaller, trId: string): Promise<void> {
    this.programs.called(caller);
    const isHashkey = call.path.split('?')[0] === HASHKEY;
    // A hash is computed for an order, under its TR id; it orders nothing. Any other POST may be an order, whatever its
    // TR id says.
    const isOrder = !isHashkey && (isOrderId(trId) || call.method !== 'GET');
    if (caller.allow === 'read' && isOrder) {
      this.refuse(call, caller, { code: ORDER_CODES.READ_ONLY, trId, because: '' });
      return;
    }
    const { method, path, rawHeaders, body } = call;
    const request: KisRelayedRequest = { method, path, rawHeaders, body, trId };
    if (isOrder) await this.order(call, caller, request);
    else await this.read(call, caller, request);
  }

  private async read(call: HttpCall, caller: GatewayCaller, request: KisRelayedRequest): Promise<void> {
    try {
      sendOn(call.response, await this.relay.pass(caller.account, request, call.signal));
    } catch (error) {
      if (call.signal.aborted) return;
      if (!(error instanceof KisError)) throw error;
      const code = codeFor(error);
      this.programs.failed(caller, code, error.message);
      refuseCall(call.response, code, request.trId, { because: error.message });
    }
  }

  /** Once it is in the journal, an order goes its way whether the program waits for it or not. */
  private async order(call: HttpCall, caller: GatewayCaller, request: KisRelayedRequest): Promise<void> {
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
    const parties = { program: caller.name, hangUp: call.signal };
    const answer = await this.orders.carryOut(account, request, parties);
    response.once('finish', () => {
      this.orders.delivered(answer);
    });
    const code = answerOrder(response, answer, request.trId);
    if (code !== null) this.programs.failed(caller, code, answer.kind === 'not-placed' ? answer.message : '');
  }

  /** An order, or what only a trade key may do, that does not come as far as the journal. */
  private refuse(
    { response }: HttpCall,
    caller: GatewayCaller,
    { code, trId, because }: { readonly code: OrderCode; readonly trId: string; readonly because: string },
  ): void {
    this.programs.failed(caller, code, because);
    const what = `${trId.slice(0, LONGEST_TR_ID)} of program "${caller.name}"`;
    this.logger.warn(`An order (${what}) was refused with ${code}; nothing was sent. ${because}`.trimEnd());
    refuseOrder(response, code, trId, because);
  }

  /**
   * The account of an order, or why there is none. Caps and switches are per account, so an order may name only a
   * configured one; a program key holds for one only. KIS decides about an order that names none, which counts for the
   * caller's own account.
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

/** One of KIS's paths under /uapi, spelled in one way only: no empty or dot segments, also none that are encoded. */
function isPassedOn(path: string): boolean {
  const [pathname = ''] = path.split('?');
  const [root, first, ...segments] = pathname.split('/');
  if (root !== '' || first !== 'uapi' || segments.length === 0 || path.includes('#')) return false;
  return segments.every((segment) => /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/.test(segment));
}

function decidingHeaders({ rawHeaders }: HttpCall): Deciding | null {
  const found: Record<string, string> = {};
  for (const name of DECIDING) {
    const value = headerOf(rawHeaders, name);
    if (value === null) return null;
    found[name] = value;
  }
  return found as Deciding;
}

function codeFor(error: KisError): GatewayCode {
  if (error instanceof KisRateLimitedError) return 'EGW00201';
  if (error instanceof KisTimeoutError) return 'EGW00301';
  if (error instanceof KisTokenCooldownError) return 'EGW00133';
  return error instanceof KisUnavailableError ? 'EGW00300' : 'EGW00002';
}
