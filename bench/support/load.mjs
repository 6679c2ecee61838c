// A load generator as a process of its own: plain sockets, so that it costs little beside what it measures.
import net from 'node:net';
import { ask, startScript } from './processes.mjs';

const TICK_MS = 1;
/** What is not answered so long after the end of the load counts as failed. */
const LOST_MS = 15_000;

/** Starts one. `closed`: as many requests as fit; `open`: a fixed rate, whatever the answers do. */
export async function startLoad() {
  const { child } = await startScript('support/load.mjs', { args: ['--serve'] });
  return {
    child,
    /** @param plan `{ port, paths, connections, ms, headers? }`; each connection takes paths and headers in turn, from its own on. */
    closed: (plan) => order(child, { kind: 'closed', ...plan }),
    /** @param plan `{ port, paths, connections, rate, ms }` */
    open: (plan) => order(child, { kind: 'open', ...plan }),
  };
}

async function order(child, plan) {
  const result = await ask(child, plan);
  if (result.problem) throw new Error(result.problem);
  return result;
}

/** One keep-alive connection with at most one request on it. */
class Connection {
  constructor(port, heads) {
    this.heads = heads;
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.parts = [];
    this.size = 0;
    this.expected = 0;
    this.status = 0;
    this.answered = null;
    this.socket.on('data', (part) => this.take(part));
    this.socket.on('error', () => this.finish(0));
    this.socket.on('close', () => this.finish(0));
  }

  connected() {
    return new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('error', reject);
    });
  }

  /** Resolves through `answered` with the status, 0 for a lost connection. */
  ask(paths, turn, answered) {
    this.answered = answered;
    const head = this.heads[turn % this.heads.length];
    this.socket.write(`GET ${paths[turn % paths.length]} HTTP/1.1\r\n${head}\r\n`);
  }

  take(part) {
    this.parts.push(part);
    this.size += part.length;
    if (this.expected === 0) this.readHead();
    if (this.expected > 0 && this.size >= this.expected) this.finish(this.status);
  }

  readHead() {
    if (this.parts.length > 1) this.parts = [Buffer.concat(this.parts)];
    const end = this.parts[0].indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.parts[0].latin1Slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (!length) throw new Error(`An answer without a length: ${head}`);
    this.status = Number(head.slice(9, 12));
    this.expected = end + 4 + Number(length[1]);
  }

  finish(status) {
    const { answered } = this;
    this.parts = [];
    this.size = 0;
    this.expected = 0;
    this.answered = null;
    answered?.(status);
  }
}

async function connect({ port, connections, headers = [{}] }) {
  const heads = headers.map((each) =>
    Object.entries({ Host: '127.0.0.1', ...each })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join(''),
  );
  const all = Array.from({ length: connections }, () => new Connection(port, heads));
  await Promise.all(all.map((connection) => connection.connected()));
  return all;
}

async function closedLoop({ paths, ms, ...plan }) {
  const connections = await connect(plan);
  const latencies = [];
  let failures = 0;
  const began = performance.now();
  await Promise.all(
    connections.map(
      (connection, index) =>
        new Promise((resolve) => {
          let turn = index;
          const next = () => {
            const askedAt = performance.now();
            if (askedAt - began >= ms) return resolve();
            connection.ask(paths, turn, (status) => {
              latencies.push(performance.now() - askedAt);
              turn += 1;
              if (status !== 200) failures += 1;
              if (status === 0) return resolve();
              next();
            });
          };
          next();
        }),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const { socket } of connections) socket.destroy();
  return { seconds, failures, latencies: Float64Array.from(latencies) };
}

/** Latency counts from the moment at which a request was due, also when no connection was free for it. */
async function openLoop({ paths, rate, ms, ...plan }) {
  const free = await connect(plan);
  const all = [...free];
  const waiting = [];
  const records = [];
  let failures = 0;
  let released = 0;
  const startedAt = Date.now();
  const began = performance.now();

  const send = (connection, dueAt, turn) => {
    connection.ask(paths, turn, (status) => {
      records.push(dueAt - began, performance.now() - dueAt);
      if (status !== 200) failures += 1;
      const next = waiting.shift();
      if (next) send(connection, ...next);
      else free.push(connection);
    });
  };
  await new Promise((resolve) => {
    const ticking = setInterval(() => {
      const now = performance.now();
      const due = Math.floor((Math.min(now - began, ms) * rate) / 1000);
      for (; released < due; released += 1) {
        // In turn: a server closes a connection that is idle for seconds, and a request may be lost to that.
        const connection = free.shift();
        if (connection) send(connection, now, released);
        else waiting.push([now, released]);
      }
      const missing = released - records.length / 2;
      if (now - began < ms || (missing > 0 && now - began < ms + LOST_MS)) return;
      failures += missing;
      clearInterval(ticking);
      resolve();
    }, TICK_MS);
  });
  for (const { socket } of all) socket.destroy();
  return { startedAt, failures, records: Float64Array.from(records) };
}

if (process.argv.includes('--serve')) {
  process.once('disconnect', () => process.exit());
  process.on('message', async ({ kind, ...plan }) => {
    try {
      process.send(await (kind === 'closed' ? closedLoop(plan) : openLoop(plan)));
    } catch (error) {
      process.send({ problem: `${kind} load on port ${plan.port}: ${error.message}` });
    }
  });
  process.send('ready');
}
