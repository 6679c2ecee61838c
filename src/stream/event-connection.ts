import type { ServerResponse } from 'node:http';
import type { KisRealtimeStream, Redactor } from '../kis';
import type { WriteTurns } from './write-turns';

/** Proxies and browsers end connections on which nothing comes. */
const COMMENT_EVERY_MS = 15_000;
/** A listener that is let go has so long to read what was written last, such as why. */
const LAST_WORDS_MS = 5000;

/** What is written to a listener. */
export type EventSource = Pick<KisRealtimeStream, 'close' | 'isClosed' | 'onEvents' | 'take'>;

/**
 * Writes a stream to the connection of its listener, in turns that all connections share, and only while the listener
 * reads. What it does not read waits in the stream, which bounds it.
 */
export class EventConnection {
  private readonly comments: NodeJS.Timeout;
  private scheduled = false;
  private blocked = false;

  constructor(
    private readonly stream: EventSource,
    private readonly response: ServerResponse,
    private readonly redactor: Redactor,
    private readonly turns: WriteTurns,
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
    // The listener learns at once that it is connected.
    this.write(': \n\n');
    stream.onEvents(() => {
      this.schedule();
    });
  }

  /** Ends it from this side: what has been written goes out first, for so long as `lastWordsMs`. */
  close(lastWordsMs = LAST_WORDS_MS): void {
    clearInterval(this.comments);
    this.stream.close();
    if (this.response.writableEnded) return;
    this.response.end();
    // A listener that does not read would keep the connection, and a shutdown, for long.
    setTimeout(() => this.response.destroy(), lastWordsMs).unref();
  }

  private schedule(): void {
    if (this.scheduled || (this.blocked && !this.stream.isClosed)) return;
    this.scheduled = true;
    this.turns.request(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    const events = this.stream.take();
    if (events.length > 0) this.write(this.turns.texts.bytesOf(events, this.redactor));
    if (this.stream.isClosed) this.close();
  }

  private write(data: string | Buffer): void {
    this.blocked = !this.response.write(data);
  }
}
