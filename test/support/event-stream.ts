import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

export interface ServerSentEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const TIMEOUT_MS = 60_000;

/** A listener of server-sent events that remembers what it has heard. */
export class EventStream {
  readonly events: ServerSentEvent[] = [];
  private rest = '';
  private wake: () => void = () => undefined;
  ended = false;

  private constructor(
    private readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.take(chunk);
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      this.ended = true;
      this.wake();
    });
  }

  /** Resolves when the answer has begun, whatever its status. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const request = get(url, { headers, agent: false });
    request.on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new EventStream(request, response);
  }

  /** The first event that fits, also one that has been heard before. */
  async until(isMeant: (event: ServerSentEvent) => boolean): Promise<ServerSentEvent> {
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const found = this.events.find(isMeant);
      if (found) return found;
      if (this.ended || Date.now() > deadline) {
        throw new Error(`It has not come; so far: ${JSON.stringify(this.events).slice(0, 2000)}`);
      }
      await this.more(deadline - Date.now());
    }
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  async untilEnded(): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!this.ended) {
      if (Date.now() > deadline) throw new Error('The stream has not ended.');
      await this.more(deadline - Date.now());
    }
  }

  close(): void {
    this.request.destroy();
  }

  private more(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private take(chunk: string): void {
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string | null =>
        new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
      const [event, data] = [field('event'), field('data')];
      if (event === null || data === null) continue;
      this.events.push({ id: field('id'), event, data: JSON.parse(data) as Record<string, unknown> });
    }
    this.wake();
  }
}
