// Listeners of /api/stream as a process of its own: plain sockets, which read and look for the moment at which each frame
// was sent, and no more.
import net from 'node:net';
import { nowUs } from './frames.mjs';
import { ask, startScript } from './processes.mjs';

const STEP_US = 10;
const STEPS = 200_000;
/** Every so many listeners one looks into what it reads; the others only read, as they would have a processor each. */
const EVERY = 5;
/** What the feed has put into the frames: the volume of a trade, the sum of a book. */
const MARKS = ['"volume":"', '"totalAskQuantity":"'].map((text) => Buffer.from(text));

/** Starts `count` listeners of the channels; more of them that read nothing come and go with `stalled`. */
export async function startListeners(port, channels, count) {
  const { child } = await startScript('support/listeners.mjs', { args: ['--serve'] });
  await ask(child, { kind: 'open', port, channels, count });
  return {
    child,
    /** Latencies of so many milliseconds: events, and quantiles in milliseconds. */
    measure: (ms, stalled) => ask(child, { kind: 'measure', ms, stalled }),
  };
}

function open({ port, channels }, take) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(`GET /api/stream?channels=${channels} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  socket.on('error', () => undefined);
  if (take) socket.on('data', take);
  else socket.once('data', () => socket.pause());
  return socket;
}

function serve() {
  let histogram = new Uint32Array(STEPS);
  let events = 0;
  let plan = null;
  const waiting = [];

  /** Marks that two chunks share are passed over. */
  const take = (chunk) => {
    const at = nowUs();
    for (const mark of MARKS) {
      for (let index = chunk.indexOf(mark); index >= 0; index = chunk.indexOf(mark, index + 1)) {
        const begin = index + mark.length;
        const end = chunk.indexOf(34, begin);
        if (end < 0) break;
        const latency = at - Number(chunk.latin1Slice(begin, end));
        events += 1;
        histogram[Math.min(STEPS - 1, Math.max(0, Math.floor(latency / STEP_US)))] += 1;
      }
    }
    waiting.splice(0).forEach((resolve) => resolve());
  };

  const quantile = (share) => {
    let left = share * events;
    for (let step = 0; step < STEPS; step += 1) {
      left -= histogram[step];
      if (left <= 0) return ((step + 1) * STEP_US) / 1000;
    }
    return Number.NaN;
  };

  /** One that does not read, and comes back whenever it is disconnected. */
  function stall() {
    let ended = false;
    let socket = null;
    const begin = () => {
      if (ended) return;
      socket = open(plan, null);
      socket.once('close', begin);
    };
    begin();
    return () => {
      ended = true;
      socket.destroy();
    };
  }

  process.on('message', async (message) => {
    if (message.kind === 'open') {
      plan = message;
      const first = new Promise((resolve) => waiting.push(resolve));
      for (let index = 0; index < message.count; index += 1)
        open(plan, index % EVERY === 0 ? take : () => undefined);
      await first;
      process.send('open');
      return;
    }
    const end = message.stalled ? stall() : () => undefined;
    // Until its connection takes no more.
    await new Promise((resolve) => setTimeout(resolve, message.stalled ? message.ms : 200));
    histogram = new Uint32Array(STEPS);
    events = 0;
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, message.ms));
    const seconds = (performance.now() - began) / 1000;
    end();
    process.send({
      perSecond: (EVERY * events) / seconds,
      p50: quantile(0.5),
      p99: quantile(0.99),
      max: quantile(1),
    });
  });
  process.send('ready');
}

if (process.argv.includes('--serve')) {
  process.once('disconnect', () => process.exit());
  serve();
}
