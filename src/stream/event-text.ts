import type { KisRealtimeEvent, Redactor } from '../kis';
import { jsonText } from '../platform/json-text';

/** One text for all listeners: the same event goes to many. */
const texts = new WeakMap<KisRealtimeEvent, string>();

/** An event in the form of server-sent events (WHATWG HTML, section 9.2). */
export function eventText(event: KisRealtimeEvent, redactor: Redactor): string {
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
