import type { KisRealtimeEvent } from '../kis';

/** One text for all listeners: the same event goes to many. */
const texts = new WeakMap<KisRealtimeEvent, string>();

/** An event in the form of server-sent events (WHATWG HTML, section 9.2). */
export function eventText(event: KisRealtimeEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const id = event.type === 'order' ? `id: ${event.id}\n` : '';
  const text = `${id}event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
  texts.set(event, text);
  return text;
}
