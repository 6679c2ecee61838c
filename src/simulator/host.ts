import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Brokerage } from './brokerage';
import { refusedCall } from './control/control-access';
import { controlPanel, isControlPath } from './control/control-panel';
import { withEcho } from './echo';
import { play } from './faults';
import { listenOn } from './listening';
import { type IncomingCall, type KisHost, jsonReply } from './message';
import { isOrderCall } from './order/order-faults';
import { acceptUpgrades } from './realtime/socket-host';
import { TOKEN_PATH } from './router';
import { BodyTooLongError, receive, transmit } from './wire';

/** One HTTP host of the simulated brokerage. */

export interface HostOptions {
  readonly kisHost: KisHost;
  readonly address: string;
  readonly port: number;
  readonly brokerage: Brokerage;
}

/** The variables that set the ports, for messages about a port in use. */
export const PORT_VARIABLES: Readonly<Record<KisHost, string>> = {
  real: 'SIMULATOR_REAL_PORT',
  mock: 'SIMULATOR_MOCK_PORT',
};

/** Longer than clients keep idle connections, so that the simulator never closes one first. */
const KEEP_ALIVE_MS = 65_000;

/** One of the two hosts of the brokerage, listening (HTTP/1.1 without TLS). */
export class SimulatedHost {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @throws Error that names the port and the variable to change, when it cannot listen on the port. */
  static async listen({ kisHost, address, port, brokerage }: HostOptions): Promise<SimulatedHost> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      serve(kisHost, brokerage, request, response).catch((error: unknown) => {
        failed(request, response, brokerage, error);
      });
    });
    // Their total size is limited anyway; beyond a maximum count Node would hide the rest from the checks.
    server.maxHeadersCount = 0;
    acceptUpgrades(server, kisHost, brokerage.sockets);
    const [what, variable] = [`${kisHost} host`, PORT_VARIABLES[kisHost]];
    return new SimulatedHost(server, `http://${await listenOn(server, { what, address, port, variable })}`);
  }

  /** Closes all connections at once, also those of clients that wait for an answer. */
  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

async function serve(
  kisHost: KisHost,
  brokerage: Brokerage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = await receive(request, kisHost, () => brokerage.now());
  if (isControlPath(call.path)) {
    transmit(response, controlPanel(call, brokerage), brokerage.now());
    return;
  }
  const refused = refusedCall(call);
  if (refused) {
    transmit(response, refused, brokerage.now());
    return;
  }
  const closeEntry = brokerage.requests.open(call);
  const closeIssue = call.path === TOKEN_PATH ? brokerage.issues.open(call.body, call.at) : null;
  const { reply: played, loss, swallowedBy } = play(call, brokerage);
  const { echo } = brokerage.settings;
  const reply = echo === null ? played : withEcho(played, call, echo);
  closeEntry(swallowedBy === null ? reply : { status: 0, code: swallowedBy });
  closeIssue?.(reply, swallowedBy);
  // The call has been executed and only the response is late: a client that gives up has caused an issue all the same.
  const latency = latencyOf(call, brokerage);
  if (latency > 0) await delay(latency, undefined, { ref: false });
  transmit(response, reply, brokerage.now(), loss);
}

/**
 * The client has disconnected in the middle of its request or has sent too much, or the simulator has a bug, which is
 * reported.
 */
function failed(
  request: IncomingMessage,
  response: ServerResponse,
  brokerage: Brokerage,
  error: unknown,
): void {
  if (!request.complete) {
    response.destroy();
    return;
  }
  if (error instanceof BodyTooLongError) {
    transmit(response, jsonReply(413, { error: error.message }, ''), brokerage.now());
    return;
  }
  const explanation = error instanceof Error ? error.message : String(error);
  transmit(response, jsonReply(500, { simulatorBug: explanation }, ''), brokerage.now());
}

function latencyOf(call: IncomingCall, { settings }: Brokerage): number {
  const { latencyMs, tokenLatencyMs, orderLatencyMs } = settings;
  if (call.path === TOKEN_PATH) return latencyMs + tokenLatencyMs;
  return isOrderCall(call) ? latencyMs + orderLatencyMs : latencyMs;
}
