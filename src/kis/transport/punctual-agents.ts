import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { KisClock } from '../clock';

type Created = (error: Error | null, socket?: Duplex) => void;

/** Where connections come from. */
export interface ExchangeAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Connections for one request that must not leave late. */
interface PunctualAgents extends ExchangeAgents {
  /** Ends what is still connecting. */
  readonly close: () => void;
}

/**
 * Agents whose connections may be written to for `withinMs` only. A process that is stopped while it connects goes on
 * with that when it is continued, and would send before any timer could stop it; by then another process may have had
 * its turn. So the clocks are asked once more when the connection stands: both, because the monotonic one may stand
 * still while the machine is suspended.
 */
export function punctualAgents(clock: KisClock, withinMs: number): PunctualAgents {
  const [sendBy, sendByWall] = [clock.monotonic() + withinMs, clock.now() + withinMs];
  const sockets = new Set<Socket>();
  const handOver = (socket: Socket, ready: 'connect' | 'secureConnect', created: Created): void => {
    sockets.add(socket);
    const fail = (error: Error): void => {
      created(error);
    };
    socket.once('error', fail);
    socket.once(ready, () => {
      socket.off('error', fail);
      if (clock.monotonic() < sendBy && clock.now() < sendByWall) created(null, socket);
      else
        created(Object.assign(new Error('the connection came too late to be used'), { code: 'ETIMEDOUT' }));
    });
  };

  class PunctualHttpAgent extends HttpAgent {
    override createConnection(options: ClientRequestArgs, created: Created): undefined {
      handOver(super.createConnection(options) as Socket, 'connect', created);
    }
  }
  class PunctualHttpsAgent extends HttpsAgent {
    override createConnection(options: ClientRequestArgs, created: Created): undefined {
      handOver(super.createConnection(options) as Socket, 'secureConnect', created);
    }
  }
  return {
    http: new PunctualHttpAgent(),
    https: new PunctualHttpsAgent(),
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
