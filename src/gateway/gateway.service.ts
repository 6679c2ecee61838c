import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AccessPolicy } from '../common/access/access-policy';
import { AppConfig } from '../config/app-config';
import { KisConfiguration, KisError, type KisTradingMode } from '../kis';
import { inRequest, keepContext } from '../logging/request-context';
import { requestLog } from '../logging/request-log';
import { httpProblem, type Problem } from '../platform/problem';
import { authorityIn, routeOf } from './gateway-address';
import { receive, sendJson } from './http-call';
import { OauthRoutes } from './oauth-routes';
import { refuseCall } from './refusals';
import { UapiRoutes } from './uapi-routes';

/** KIS's own interface, served for other programs. */
@Injectable()
export class Gateway {
  private readonly logger = new Logger('Gateway');
  private readonly log = requestLog(new Logger());

  constructor(
    private readonly config: AppConfig,
    private readonly configuration: KisConfiguration,
    private readonly access: AccessPolicy,
    private readonly oauth: OauthRoutes,
    private readonly uapi: UapiRoutes,
  ) {}

  /** Handles a request to a path below the prefixes. Returns whether it did. */
  divert(request: IncomingMessage, response: ServerResponse): boolean {
    const route = this.config.gateway.enabled ? routeOf(request.url ?? '') : null;
    if (!route) return false;
    this.serve(request, response, route.mode, route.path);
    return true;
  }

  /**
   * Responds to a request, unless the access rules refuse it.
   * @param path path and query as at KIS.
   */
  serve(request: IncomingMessage, response: ServerResponse, mode: KisTradingMode, path: string): void {
    const { method = '', url = '/' } = request;
    const problem = this.problemWith(request);
    const isLogged = this.config.log.level === 'debug';
    // Reads are logged at level debug only; anything else may be an order.
    if (!isLogged && (problem || method === 'GET')) {
      if (problem) sendJson(response, problem.status, problem);
      else void this.respond(request, response, mode, path);
      return;
    }
    const id = randomUUID();
    this.log({ id, method, url }, response);
    if (problem) sendJson(response, problem.status, problem);
    else {
      keepContext(response);
      void inRequest(id, () => this.respond(request, response, mode, path));
    }
  }

  /** The access rules for every request; besides, a client that uses the gateway as an HTTP proxy must not reach KIS. */
  private problemWith(raw: IncomingMessage): Problem | null {
    const { headers, method = '', url = '/' } = raw;
    const authority = authorityIn(url)?.toLowerCase() ?? null;
    const { accounts } = this.configuration;
    const isKis = authority !== null && accounts.some(({ credential }) => isAt(authority, credential.origin));
    return isKis ? httpProblem(421, NO_PROXY) : this.access.problemWith({ raw, headers, method, url });
  }

  /** Never rejects. */
  private async respond(
    request: IncomingMessage,
    response: ServerResponse,
    mode: KisTradingMode,
    path: string,
  ): Promise<void> {
    try {
      const received = receive(request, response, mode, path);
      const call = received instanceof Promise ? await received : received;
      if (!call) {
        refuseCall(response, 'EGW00101', '', { status: 413, because: 'The body is too long.' });
        return;
      }
      const handling = this.oauth.handle(call) ?? this.uapi.handle(call);
      if (handling) await handling;
      else sendJson(response, 404, { rt_cd: '1', msg_cd: 'EGW00101', msg1: NO_SUCH_PATH });
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
const NO_PROXY =
  'The gateway is not an HTTP proxy, so nothing was sent to KIS. Use the address of the gateway instead of that of KIS, and do not set it as a proxy.';

/** Whether an authority, as a client writes it, is that of an origin; the default port may be omitted. */
function isAt(authority: string, origin: string): boolean {
  const { host, hostname, port } = new URL(origin);
  return authority === host || (port === '' && /^(.*?)(?::(?:80|443))?$/.exec(authority)?.[1] === hostname);
}
