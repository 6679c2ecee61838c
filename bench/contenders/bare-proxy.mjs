// The least that can pass a request on: node:http, undici, the headers as they are, a token of its own.
//   node bench/contenders/bare-proxy.mjs PORT UPSTREAM TOKEN
import http from 'node:http';
import { Pool } from 'undici';

const [port, upstream, token] = process.argv.slice(2);
const pool = new Pool(upstream, { connections: 128 });

http
  .createServer(async (request, response) => {
    const headers = {
      ...request.headers,
      authorization: `Bearer ${token}`,
      host: undefined,
      connection: undefined,
    };
    const path = request.url.replace('/kis/mock', '');
    const answer = await pool.request({ method: request.method, path, headers });
    const body = Buffer.from(await answer.body.arrayBuffer());
    response.writeHead(answer.statusCode, answer.headers).end(body);
  })
  .listen(Number(port), '127.0.0.1');
