import { ManualKisClock } from '../testing/manual-clock';
import type { KisRealtimeEvent } from './realtime-events';
import { KisRealtimeStream } from './realtime-stream';

const stream = (): KisRealtimeStream => new KisRealtimeStream(new ManualKisClock());

function trade(price: number): KisRealtimeEvent {
  return { type: 'trade', data: { symbol: '005930', price: String(price) } } as KisRealtimeEvent;
}

function book(symbol: string, ask: number): KisRealtimeEvent {
  return { type: 'book', data: { symbol, venue: 'KRX', totalAskQuantity: String(ask) } } as KisRealtimeEvent;
}

function order(id: number): KisRealtimeEvent {
  return { type: 'order', id: String(id), data: {} } as KisRealtimeEvent;
}

it('keeps of each order book only the newest for a listener that does not read', () => {
  const events = stream();
  for (let ask = 0; ask < 5000; ask += 1) {
    events.push(book('005930', ask));
    events.push(book('000660', ask));
  }
  expect(events.take()).toEqual([book('005930', 4999), book('000660', 4999)]);
  events.push(book('005930', 1));
  expect(events.take()).toEqual([book('005930', 1)]);
  expect(events.isClosed).toBe(false);
});

it('lets go of a listener for whom thousands of trades wait, with the order events and the reason', () => {
  const events = stream();
  let released = 0;
  events.onClose(() => (released += 1));
  events.push(order(1));
  for (let price = 0; price < 2001; price += 1) events.push(trade(price));
  events.push(order(2));

  expect([events.isClosed, released]).toEqual([true, 1]);
  expect(events.take()).toMatchObject([
    { type: 'order', id: '1' },
    {
      type: 'status',
      data: { state: 'disconnected', detail: expect.stringMatching(/too slowly/) as string },
    },
  ]);
});

it('ends a loop over it when it is closed, and is closed when the loop ends', async () => {
  const events = stream();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { type } of events) seen.push(type);
  })();
  events.push(trade(1));
  events.push(order(1));
  await new Promise(setImmediate);
  events.close();
  await reading;
  expect(seen).toEqual(['trade', 'order']);

  const other = stream();
  other.push(trade(1));
  for await (const event of other) {
    expect(event.type).toBe('trade');
    break;
  }
  expect(other.isClosed).toBe(true);
});
