// The brokerage for benchmarks of throughput: answers of the simulator, recorded once and replayed as fast as Node
// can. The simulator itself checks signatures and invents figures, which would make it the slowest part of the chain.
import http from 'node:http';
import { ask, startScript } from './processes.mjs';
import { fromProject } from './resolve.mjs';

/** Starts it; resolves with its address. Tokens are issued by the simulator behind it. */
export async function startUpstream({ holdings = 10 } = {}) {
  const { child, ready } = await startScript('support/upstream.mjs', { args: ['--serve', String(holdings)] });
  return {
    child,
    url: ready.url,
    /** From now on each recorded answer takes so long. */
    answerAfter: (ms) => ask(child, ms),
  };
}

async function serve(holdings) {
  const { startSimulator } = fromProject('./dist/simulator/index.js');
  const settings = { holdings, mockPerSecond: 1_000_000, issueIntervalSeconds: 0 };
  const simulator = await startSimulator({ mockPort: 0, realPort: null, settings });
  const recorded = new Map();
  let delayMs = 0;
  process.on('message', (ms) => {
    delayMs = ms;
    process.send('set');
  });

  const server = http.createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const path = request.url.split('?')[0];
    const known = request.headers.authorization?.startsWith('Bearer ') ? recorded.get(path) : undefined;
    const answer = () => response.writeHead(200, known.headers).end(known.body);
    if (known) return void (delayMs > 0 ? setTimeout(answer, delayMs) : answer());
    forward(request, response, (answer) => {
      if (answer.status === 200 && request.method === 'GET') recorded.set(path, answer);
    });
  });

  function forward(request, response, record) {
    const { method, url, headers } = request;
    const onward = http.request(simulator.mockUrl + url, { method, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const body = Buffer.concat(parts);
        const kept = Object.entries(answer.headers).filter(
          ([name]) => !['connection', 'keep-alive', 'transfer-encoding', 'date'].includes(name),
        );
        const shown = { ...Object.fromEntries(kept), 'content-length': body.length };
        record({ status: answer.statusCode, headers: shown, body });
        response.writeHead(answer.statusCode, shown).end(body);
      });
    });
    request.pipe(onward);
  }

  server.listen(0, '127.0.0.1', () => {
    process.send({ url: `http://127.0.0.1:${server.address().port}` });
  });
}

if (process.argv.includes('--serve')) {
  process.once('disconnect', () => process.exit());
  await serve(Number(process.argv.at(-1)));
}
