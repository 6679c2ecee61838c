import { Injectable, Logger } from '@nestjs/common';
import { inKorea, KisClock, KisCredentialsRejectedError, KisError, KisTokenCooldownError } from '../kis';
import { approvalKey } from './approval-key';
import { GatewayCallers, type GatewayCaller } from './gateway-callers';
import { sendJson, type HttpCall } from './http-call';
import { ProgramStatistics } from './program-statistics';
import { refuseOauth, type GatewayCode } from './refusals';
import { ProgramTokens } from './program-tokens';

/** The endpoints under /oauth2, answered here: none of them reaches KIS. */
@Injectable()
export class OauthRoutes {
  private readonly logger = new Logger('Gateway');

  constructor(
    private readonly callers: GatewayCallers,
    private readonly tokens: ProgramTokens,
    private readonly statistics: ProgramStatistics,
    private readonly clock: KisClock,
  ) {}

  /** Responds to a call; returns `null` when there is no such endpoint. */
  handle(call: HttpCall): Promise<void> | null {
    if (call.method !== 'POST' || !call.path.startsWith('/oauth2/')) return null;
    switch (call.path.split('?')[0]) {
      case '/oauth2/tokenP':
        return this.token(call);
      case '/oauth2/revokeP':
        return this.revocation(call);
      case '/oauth2/Approval':
        return this.approval(call);
      default:
        return null;
    }
  }

  private async token(call: HttpCall): Promise<void> {
    const body = fieldsOf(call.body);
    const caller = await this.caller(call, body, 'appsecret', true);
    if (!caller) return;
    try {
      const { accessToken, tokenType, expiresAt } = await this.tokens.handOut(caller, call.signal);
      this.logger.log(`Program "${caller.name}" gets a token of account "${caller.account.alias}".`);
      sendJson(call.response, 200, {
        access_token: accessToken,
        access_token_token_expired: inKorea(expiresAt).toISOString().slice(0, 19).replace('T', ' '),
        token_type: tokenType,
        expires_in: Math.max(0, Math.floor((expiresAt - this.clock.now()) / 1000)),
      });
    } catch (error) {
      if (!(error instanceof KisError)) throw error;
      this.refuse(call, caller, codeFor(error), error.message);
    }
  }

  private async revocation(call: HttpCall): Promise<void> {
    const body = fieldsOf(call.body);
    const caller = await this.caller(call, body, 'appsecret', false);
    if (!caller) return;
    const token = body?.get('token')?.replace(/^Bearer /i, '') ?? '';
    const problem = this.tokens.problemWith(caller, token);
    if (problem) {
      this.refuse(call, caller, problem);
      return;
    }
    await this.tokens.revoke(caller, token);
    sendJson(call.response, 200, { code: 200, message: '접근토큰 폐기에 성공하였습니다' });
  }

  private async approval(call: HttpCall): Promise<void> {
    const caller = await this.caller(call, fieldsOf(call.body), 'secretkey', true);
    if (!caller) return;
    sendJson(call.response, 200, { approval_key: approvalKey(caller.signingKey, this.clock.now()) });
  }

  /** The caller; `null` after a refusal was sent. */
  private async caller(
    call: HttpCall,
    body: ReadonlyMap<string, string> | null,
    secretName: 'appsecret' | 'secretkey',
    needsGrant: boolean,
  ): Promise<GatewayCaller | null> {
    const problem = formProblem(body, secretName, needsGrant);
    const caller =
      problem ??
      (await this.callers.identify(call.mode, body?.get('appkey') ?? '', body?.get(secretName) ?? ''));
    if (typeof caller === 'string') {
      refuseOauth(call.response, caller);
      return null;
    }
    this.statistics.called(caller);
    return caller;
  }

  private refuse(call: HttpCall, caller: GatewayCaller, code: GatewayCode, because = ''): void {
    this.statistics.failed(caller, code, because);
    refuseOauth(call.response, code, { because });
  }
}

const GRANT = 'client_credentials';

/** Checked in the order of KIS, as public captures show it. */
function formProblem(
  body: ReadonlyMap<string, string> | null,
  secretName: string,
  needsGrant: boolean,
): GatewayCode | null {
  if (!body) return 'EGW00101';
  const grant = body.get('grant_type') ?? '';
  if (needsGrant && grant === '') return 'EGW00115';
  if (needsGrant && grant !== GRANT) return 'EGW00116';
  if ((body.get('appkey') ?? '') === '') return 'EGW00102';
  return (body.get(secretName) ?? '') === '' ? 'EGW00104' : null;
}

function codeFor(error: KisError): GatewayCode {
  if (error instanceof KisTokenCooldownError) return 'EGW00133';
  if (error instanceof KisCredentialsRejectedError && error.kis?.msgCd === 'EGW00105') return 'EGW00105';
  return error instanceof KisCredentialsRejectedError ? 'EGW00103' : 'EGW00002';
}

/** The text fields of a JSON object; `null` for anything else. */
function fieldsOf(body: Buffer): ReadonlyMap<string, string> | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
    const texts = Object.entries(parsed).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return new Map(texts);
  } catch {
    return null;
  }
}
