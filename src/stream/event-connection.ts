import type { ServerResponse } from 'node:http';
import type { KisRealtimeStream, Redactor } from '../kis';
import type { WriteScheduler } from './write-scheduler';

/**
 * Writes a stream to the connection of its listener, in turns that all connections share, and only while the listener reads.
 * Events that it does not read wait in the stream, which limits their number.
 */
export class EventConnection {
  private readonly comments: NodeJS.Timeout;
  private scheduled = false;
  private blocked = false;

  constructor(
    private readonly stream: EventSource,
    private readonly response: ServerResponse,
    private readonly redactor: Redactor,
    private readonly scheduler: WriteScheduler,
  ) {
    this.comments = setInterval(() => {
      if (!this.blocked) this.write(': \n\n');
    }, COMMENT_EVERY_MS);
    response.once('close', () => {
      this.close();
    });
    response.on('drain', () => {
      this.blocked = false;
      this.schedule();
    });
    // Lets the listener see at once that it is connected.
    this.write(': \n\n');
    stream.onEvents(() => {
      this.schedule();
    });
  }

  /** Ends the connection. What has been written is still sent, for at most `flushMs`. */
  close(flushMs = FLUSH_MS): void {
    clearInterval(this.comments);
    this.stream.close();
    if (this.response.writableEnded) return;
    this.response.end();
    // Otherwise a listener that does not read would keep the connection open, and delay a shutdown.
    setTimeout(() => this.response.destroy(), flushMs).unref();
  }

  private schedule(): void {
    if (this.scheduled || (this.blocked && !this.stream.isClosed)) return;
    this.scheduled = true;
    this.scheduler.request(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    const events = this.stream.take();
    if (events.length > 0) this.write(this.scheduler.encoder.bytesOf(events, this.redactor));
    if (this.stream.isClosed) this.close();
  }

  private write(data: string | Buffer): void {
    this.blocked = !this.response.write(data);
  }
}

/** The stream whose events are written. */
export type EventSource = Pick<KisRealtimeStream, 'close' | 'isClosed' | 'onEvents' | 'take'>;

/** Proxies and browsers close idle connections. */
const COMMENT_EVERY_MS = 15_000;
/** How long a disconnected listener has to read what was written last, such as the reason. */
const FLUSH_MS = 5000;
