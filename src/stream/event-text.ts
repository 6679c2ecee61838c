import type { KisRealtimeEvent, Redactor } from '../kis';
import { jsonText } from '../platform/json-text';

/** One text for all listeners: the same event goes to many. */
const texts = new WeakMap<KisRealtimeEvent, string>();

/** Events that listeners get together, by the first of them, and their bytes. */
const batches = new WeakMap<
  KisRealtimeEvent,
  { readonly events: KisRealtimeEvent[]; readonly bytes: Buffer }
>();

/** The bytes of events, encoded once for all listeners of the same channels: these get the same events at the same time. */
export function eventBytes(events: KisRealtimeEvent[], redactor: Redactor): Buffer {
  const [first] = events;
  const known = first && batches.get(first);
  if (known && isSame(known.events, events)) return known.bytes;
  const bytes = Buffer.from(events.map((event) => eventText(event, redactor)).join(''));
  if (first) batches.set(first, { events, bytes });
  return bytes;
}

function isSame(one: readonly KisRealtimeEvent[], other: readonly KisRealtimeEvent[]): boolean {
  return one.length === other.length && one.every((event, index) => event === other[index]);
}

/** An event in the form of server-sent events (WHATWG HTML, section 9.2). */
function eventText(event: KisRealtimeEvent, redactor: Redactor): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const id = event.type === 'order' ? `id: ${event.id}\n` : '';
  const text = `${id}event: ${event.type}\ndata: ${dataText(event, redactor)}\n\n`;
  texts.set(event, text);
  return text;
}

/** Prices and quantities have been read as such, so nothing else is in them; other events repeat words of KIS. */
function dataText({ type, data }: KisRealtimeEvent, redactor: Redactor): string {
  const isFigures = type === 'trade' || type === 'book' || type === 'expected';
  return isFigures ? JSON.stringify(data) : jsonText(data, redactor);
}
