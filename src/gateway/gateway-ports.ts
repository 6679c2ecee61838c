import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppConfig } from '../config/app-config';
import type { KisTradingMode } from '../kis';
import { refuseTunnel } from '../platform/client-errors';
import { ServerDrain } from '../platform/server-drain';
import { originForm } from './gateway-address';
import { GatewaySockets } from './gateway-sockets';
import { Gateway } from './gateway.service';

/** The gateway on ports of its own, for programs that take no path: REST and websocket on one port, paths as at KIS. */
@Injectable()
export class GatewayPorts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Gateway');
  private readonly open = new Map<KisTradingMode, { readonly server: Server; readonly drain: ServerDrain }>();

  constructor(
    private readonly config: AppConfig,
    private readonly gateway: Gateway,
    private readonly sockets: GatewaySockets,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { enabled, ports } = this.config.gateway;
    for (const mode of ['REAL', 'MOCK'] as const) {
      const port = ports[mode];
      if (enabled && port !== null) await this.listen(mode, port);
    }
  }

  /** The port on which the gateway of a mode listens; `null` when it has none of its own. */
  portOf(mode: KisTradingMode): number | null {
    return (this.open.get(mode)?.server.address() as AddressInfo | null | undefined)?.port ?? null;
  }

  /** Waits until calls under way are answered, before anything that they need is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(
      [...this.open.values()].map(async ({ server, drain }) => {
        const closed = once(server, 'close');
        server.close();
        drain.begin();
        await closed;
        drain.end();
      }),
    );
  }

  private async listen(mode: KisTradingMode, port: number): Promise<void> {
    const server = createServer(
      { requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_REQUEST_MS },
      (request, response) => {
        this.gateway.serve(request, response, mode, originForm(request.url ?? '/'));
      },
    );
    server.on('connect', refuseTunnel);
    this.sockets.attach(server, () => mode);
    const drain = new ServerDrain(server);
    server.listen(port, this.config.host);
    await once(server, 'listening').catch((cause: unknown) => {
      throw new GatewayPortError(mode, port, cause);
    });
    this.open.set(mode, { server, drain });
    this.logger.log(`${mode} on http://${this.config.host}:${this.portOf(mode) ?? port}`);
  }
}

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

const LONGEST_REQUEST_MS = 60_000;
