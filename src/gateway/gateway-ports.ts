import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessPolicy } from '../common/access/access-policy';
import { AppConfig } from '../config/app-config';
import type { KisTradingMode } from '../kis';
import { inRequest } from '../logging/request-context';
import { GatewaySockets } from './gateway-sockets';
import { Gateway } from './gateway.service';
import { sendJson } from './http-call';

const LONGEST_REQUEST_MS = 60_000;

/** The gateway cannot listen on a port of its own; the message says why and what to do. */
export class GatewayPortError extends Error {
  constructor(mode: KisTradingMode, port: number, cause: unknown) {
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program listens on it' : `listening failed (${code})`;
    super(
      `The gateway cannot have port ${port}: ${why}. Choose another one with KIS_GATEWAY_${mode}_PORT, or leave it empty.`,
      { cause },
    );
  }
}

/** The gateway on ports of its own, for programs that take no path: REST and websocket on one port, paths as at KIS. */
@Injectable()
export class GatewayPorts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Gateway');
  private readonly servers = new Map<KisTradingMode, Server>();

  constructor(
    private readonly config: AppConfig,
    private readonly gateway: Gateway,
    private readonly access: AccessPolicy,
    private readonly sockets: GatewaySockets,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { enabled, ports } = this.config.gateway;
    for (const mode of ['REAL', 'MOCK'] as const) {
      const port = ports[mode];
      if (enabled && port !== null) await this.listen(mode, port);
    }
  }

  /** `null` where there is none. */
  portOf(mode: KisTradingMode): number | null {
    return (this.servers.get(mode)?.address() as AddressInfo | null | undefined)?.port ?? null;
  }

  beforeApplicationShutdown(): void {
    for (const server of this.servers.values()) {
      server.close();
      server.closeIdleConnections();
    }
  }

  private async listen(mode: KisTradingMode, port: number): Promise<void> {
    const server = createServer(
      { requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_REQUEST_MS },
      (request, response) => {
        this.serve(mode, request, response);
      },
    );
    this.sockets.attach(server, () => mode);
    server.listen(port, this.config.host);
    await once(server, 'listening').catch((cause: unknown) => {
      throw new GatewayPortError(mode, port, cause);
    });
    this.servers.set(mode, server);
    this.logger.log(`${mode} on http://${this.config.host}:${this.portOf(mode) ?? port}`);
  }

  private serve(mode: KisTradingMode, request: IncomingMessage, response: ServerResponse): void {
    const { headers, method = '', url = '/' } = request;
    const problem = this.access.problemWith({ raw: request, headers, method, url });
    if (problem) sendJson(response, problem.status, problem);
    else void inRequest(randomUUID(), () => this.gateway.serve(request, response, mode, url));
  }
}
