import { Agent as HttpAgent, type ClientRequestArgs, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { nameIssuer } from './certificate-issuer';
import type { Proxy } from './proxy';
import type { ProxyRules } from './proxy-rules';
import { openTunnel, type ConnectionAttempt } from './proxy-tunnel';

type Created = (error: Error | null, socket?: Duplex) => void;

/** What a request passes to the agent besides the usual options. */
export interface ConnectionRequest extends RequestOptions {
  readonly attempt: {
    /** The pending steps of the connection: destroying it abandons the attempt. */
    readonly connecting: Set<ConnectionAttempt>;
    /** The proxy to tunnel through to a TLS server; `null`: directly. */
    readonly tunnel: Proxy | null;
  };
}

/** The agents for both schemes. */
export interface ConnectionAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  readonly proxies: ProxyRules;
}

/**
 * Agents that assign a connection to a request only when it is established, tunnel and TLS included. Node's own agents
 * assign it at once and send what was written as soon as they can; with these agents, a request without a socket has
 * sent nothing. Certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says.
 */
export function connectionAgents(keepAlive: boolean, proxies: ProxyRules): ConnectionAgents {
  const options = keepAlive ? { keepAlive, timeout: IDLE_CONNECTION_MS } : { keepAlive };
  return {
    http: new EstablishedHttpAgent(options),
    https: new EstablishedHttpsAgent({ ...options, rejectUnauthorized: true }),
    proxies,
  };
}

/** Shorter than servers usually keep an idle connection: an order must not be written to one that is closing. */
const IDLE_CONNECTION_MS = 4_000;

type ConnectionOptions = ClientRequestArgs & Partial<ConnectionRequest>;

class EstablishedHttpAgent extends HttpAgent {
  override createConnection(options: ConnectionOptions, created: Created): undefined {
    handOver(super.createConnection(options) as Socket, 'connect', options, created);
  }
}

class EstablishedHttpsAgent extends HttpsAgent {
  override createConnection(options: ConnectionOptions, created: Created): undefined {
    const secure = (more: { readonly socket?: Socket }): void => {
      const socket = super.createConnection({ ...options, ...more }) as TLSSocket;
      nameIssuer(socket);
      handOver(socket, 'secureConnect', options, created);
    };
    const { host, port } = options;
    const { tunnel, connecting } = options.attempt ?? {};
    if (!tunnel) {
      secure({});
      return;
    }
    const { attempt, opened } = openTunnel(tunnel, { host: host ?? '', port: Number(port) });
    connecting?.add(attempt);
    opened
      .finally(() => connecting?.delete(attempt))
      .then((socket) => {
        secure({ socket });
      }, created);
  }
}

function handOver(
  socket: Socket,
  established: 'connect' | 'secureConnect',
  { attempt }: ConnectionOptions,
  created: Created,
): void {
  attempt?.connecting.add(socket);
  const fail = (error: Error): void => {
    attempt?.connecting.delete(socket);
    created(error);
  };
  socket.once('error', fail);
  socket.once(established, () => {
    socket.off('error', fail);
    attempt?.connecting.delete(socket);
    created(null, socket);
  });
}
