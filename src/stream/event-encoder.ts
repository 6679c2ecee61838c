import type { KisRealtimeEvent, Redactor } from '../kis';
import { jsonText } from '../platform/json-text';

/**
 * Encodes events as server-sent events, once for all listeners that are written to in the same turn, because listeners of the
 * same channels get the same events. Nothing is kept beyond the turn. A WeakMap would keep everything until the next full
 * garbage collection, because the collector of young objects treats its values as reachable.
 */
export class EventEncoder {
  private texts = new Map<KisRealtimeEvent, string>();
  /** Encoded batches, by their first event. */
  private batches = new Map<KisRealtimeEvent, Batch>();

  /** The bytes of these events, in order; texts of KIS in them are redacted. */
  bytesOf(events: readonly KisRealtimeEvent[], redactor: Redactor): Buffer {
    const [first] = events;
    const known = first && this.batches.get(first);
    if (known && isSame(known.events, events)) return known.bytes;
    const bytes = Buffer.from(events.map((event) => this.textOf(event, redactor)).join(''));
    if (first) this.batches.set(first, { events, bytes });
    return bytes;
  }

  /** Drops everything encoded so far; called at the end of a turn. */
  forget(): void {
    this.texts = new Map();
    this.batches = new Map();
  }

  /** An event in the form of server-sent events (WHATWG HTML, section 9.2). */
  private textOf(event: KisRealtimeEvent, redactor: Redactor): string {
    const known = this.texts.get(event);
    if (known !== undefined) return known;
    const id = event.type === 'order' ? `id: ${event.id}\n` : '';
    const text = `${id}event: ${event.type}\ndata: ${dataText(event, redactor)}\n\n`;
    this.texts.set(event, text);
    return text;
  }
}

function isSame(one: readonly KisRealtimeEvent[], other: readonly KisRealtimeEvent[]): boolean {
  return one.length === other.length && one.every((event, index) => event === other[index]);
}

/** Prices and quantities have been validated, so they need no redaction; other events contain texts of KIS. */
function dataText({ type, data }: KisRealtimeEvent, redactor: Redactor): string {
  const isFigures = type === 'trade' || type === 'book' || type === 'expected';
  return isFigures ? JSON.stringify(data) : jsonText(data, redactor);
}

interface Batch {
  readonly events: readonly KisRealtimeEvent[];
  readonly bytes: Buffer;
}
