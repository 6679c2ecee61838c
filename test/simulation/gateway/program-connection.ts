import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { HttpCall } from '../../../src/gateway/http-call';
import { refuseCall } from '../../../src/gateway/refusals';
import { KisError } from '../../../src/kis/kis.errors';
import type { GatewayInstance } from './gateway-instance';
import type { GatewaySimulation } from './gateway-simulation';

export interface ProgramRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object | null;
  /** The program hangs up after this. */
  readonly patienceMs: number;
}

export interface ProgramReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The longest way between a program and the gateway, on one machine. */
const WAY_MS = 5;

/** What the routes write to: it is with the program at once, unless that has hung up. */
class ProgramResponse extends EventEmitter {
  destroyed = false;
  headersSent = false;
  sendDate = true;
  private status = 0;

  constructor(private readonly onEnd: (reply: ProgramReply) => void) {
    super();
  }

  writeHead(status: number): this {
    this.status = status;
    this.headersSent = true;
    return this;
  }

  end(bytes: Uint8Array): this {
    this.onEnd({ status: this.status, body: bodyIn(Buffer.from(bytes).toString('utf8')) });
    this.emit('finish');
    return this;
  }
}

/** One request of a program to any process of the gateway; `null` when it got no answer. */
export function request(
  simulation: GatewaySimulation,
  wanted: ProgramRequest,
  instance = simulation.anyAlive(),
): Promise<ProgramReply | null> {
  const { scheduler, random } = simulation;
  return new Promise((resolve) => {
    if (!instance) {
      scheduler.after(WAY_MS, () => {
        resolve(null);
      });
      return;
    }
    const { process, connections } = instance;
    const hangUp = new AbortController();
    const end = (reply: ProgramReply | null): void => {
      cancelPatience();
      connections.delete(cut);
      resolve(reply);
    };
    const cut = (): void => {
      end(null);
    };
    const response = new ProgramResponse(end);
    const cancelPatience = scheduler.after(wanted.patienceMs, () => {
      end(null);
      process.deliver(() => {
        response.destroyed = true;
        hangUp.abort(new DOMException('The program hung up.', 'AbortError'));
      });
    });
    connections.add(cut);
    const call = callOf(wanted, response as unknown as ServerResponse, hangUp.signal);
    scheduler.after(random.between(0, WAY_MS), () => {
      process.deliver(() => void serve(instance, call, simulation));
    });
  });
}

/** As the gateway answers a request. */
async function serve(
  { oauth, uapi }: GatewayInstance,
  call: HttpCall,
  simulation: GatewaySimulation,
): Promise<void> {
  try {
    await (oauth.handle(call) ?? uapi.handle(call));
  } catch (error) {
    if (call.response.destroyed) return;
    if (!(error instanceof KisError)) simulation.history.violated(`the gateway threw ${String(error)}`);
    refuseCall(call.response, 'EGW00002', '');
  }
}

function callOf(wanted: ProgramRequest, response: ServerResponse, signal: AbortSignal): HttpCall {
  const { method, path, headers, body } = wanted;
  return {
    mode: 'REAL',
    method,
    path,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(body === null ? '' : JSON.stringify(body)),
    signal,
    response,
  };
}

function bodyIn(text: string): ProgramReply['body'] {
  try {
    return JSON.parse(text) as ProgramReply['body'];
  } catch {
    return {};
  }
}
