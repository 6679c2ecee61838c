// KIS's websocket for benchmarks, as a process of its own: acknowledges registrations and sends frames at a fixed rate,
// each with the moment at which it left. The simulator's market would cost more than what is measured.
import { createRequire } from 'node:module';
import { book, nowUs, trade } from './frames.mjs';
import { ask, startScript } from './processes.mjs';
import { root } from './resolve.mjs';

const TICK_MS = 1;

/** Starts one that sends so many frames a second for each registration. Resolves with its address. */
export async function startFeed(framesPerSecond) {
  const { child, ready } = await startScript('support/feed.mjs', {
    args: ['--serve', String(framesPerSecond)],
  });
  return { child, url: ready.url, registrations: () => ask(child, 'registrations') };
}

function serve(framesPerSecond) {
  const { WebSocketServer } = createRequire(`${root}package.json`)('ws');
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  const registered = [];

  server.on('connection', (socket) => {
    socket._socket.setNoDelay(true);
    socket.on('message', (data) => {
      const { header, body } = JSON.parse(data);
      const { tr_id: trId, tr_key: key } = body.input;
      if (header.tr_type === '1') registered.push({ trId, key, socket });
      const output = { iv: '0'.repeat(16), key: '0'.repeat(32) };
      const answer = { rt_cd: '0', msg_cd: 'OPSP0000', msg1: 'SUBSCRIBE SUCCESS', output };
      socket.send(JSON.stringify({ header: { tr_id: trId, tr_key: key, encrypt: 'N' }, body: answer }));
    });
  });

  let began = performance.now();
  let sent = 0;
  setInterval(() => {
    if (registered.length === 0) return void (began = performance.now());
    const due = Math.floor(((performance.now() - began) * framesPerSecond * registered.length) / 1000);
    // After a standstill of this process what was due is not sent at once.
    if (due - sent > registered.length) sent = due - registered.length;
    for (; sent < due; sent += 1) {
      const { trId, key, socket } = registered[sent % registered.length];
      const text = trId === 'H0STCNT0' ? trade(key, nowUs()) : book(key, nowUs());
      socket.send(`0|${trId}|001|${text}`);
    }
  }, TICK_MS);

  process.on('message', () => process.send(registered.length));
  server.once('listening', () => process.send({ url: `ws://127.0.0.1:${server.address().port}` }));
}

if (process.argv.includes('--serve')) {
  process.once('disconnect', () => process.exit());
  serve(Number(process.argv.at(-1)));
}
