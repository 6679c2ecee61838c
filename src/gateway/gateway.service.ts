import { Injectable, Logger } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppConfig } from '../config/app-config';
import { KisError, type KisTradingMode } from '../kis';
import { receive, sendJson } from './http-call';
import { OauthRoutes } from './oauth-routes';
import { refuseCall } from './refusals';
import { UapiRoutes } from './uapi-routes';

/** Where the gateway stands at the address of the API. */
export const PREFIXES: Readonly<Record<KisTradingMode, string>> = { REAL: '/kis/real', MOCK: '/kis/mock' };

/** KIS's own interface, served for other programs. */
@Injectable()
export class Gateway {
  private readonly logger = new Logger('Gateway');

  constructor(
    private readonly config: AppConfig,
    private readonly oauth: OauthRoutes,
    private readonly uapi: UapiRoutes,
  ) {}

  /** Takes requests below the prefixes over; whether it is one. */
  divert(request: IncomingMessage, response: ServerResponse): boolean {
    const place = this.config.gateway.enabled ? placeOf(request.url ?? '') : null;
    if (!place) return false;
    void this.serve(request, response, place.mode, place.path);
    return true;
  }

  /** Answers one request. Never rejects. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    mode: KisTradingMode,
    path: string,
  ): Promise<void> {
    try {
      const call = await receive(request, response, mode, path);
      if (!call) {
        refuseCall(response, 'EGW00101', '', { status: 413, because: 'The body is too long.' });
        return;
      }
      if ((await this.oauth.handle(call)) || (await this.uapi.handle(call))) return;
      sendJson(response, 404, { rt_cd: '1', msg_cd: 'EGW00101', msg1: NO_SUCH_PATH });
    } catch (error) {
      this.fail(response, error);
    }
  }

  private fail(response: ServerResponse, error: unknown): void {
    if (response.destroyed) return;
    const isExpected = error instanceof KisError;
    if (!isExpected)
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (response.headersSent) response.destroy();
    else
      refuseCall(response, 'EGW00002', '', {
        because: isExpected ? error.message : 'see the log of the gateway',
      });
  }
}

const NO_SUCH_PATH =
  '유효하지 않은 요청입니다. The gateway serves /oauth2/tokenP, /oauth2/revokeP, /oauth2/Approval and /uapi/…; nothing was sent.';

/** Mode and path as at KIS, of an address below a prefix. */
export function placeOf(url: string): { readonly mode: KisTradingMode; readonly path: string } | null {
  for (const mode of ['REAL', 'MOCK'] as const) {
    const prefix = PREFIXES[mode];
    if (url.startsWith(`${prefix}/`) || url === prefix)
      return { mode, path: url.slice(prefix.length) || '/' };
  }
  return null;
}
