// The least that can answer GET /api/accounts/:alias/balance: node:http, undici, a fixed token, the mapping.
//   node bench/contenders/bare.mjs PORT UPSTREAM TOKEN
import http from 'node:http';
import { Pool } from 'undici';
import { BALANCE_PATH, balanceHeaders, balanceQuery, mapBalance } from '../support/balance-call.mjs';

const [port, upstream, token] = process.argv.slice(2);
const pool = new Pool(upstream, { connections: 128 });
const headers = balanceHeaders({ appKey: 'k'.repeat(36), appSecret: 's'.repeat(180) }, token);
const path = `${BALANCE_PATH}?${new URLSearchParams(balanceQuery('50112345')).toString()}`;

http
  .createServer(async (request, response) => {
    const [, , , alias] = request.url.split('/');
    const answer = await pool.request({ method: 'GET', path, headers });
    const body = JSON.stringify(mapBalance(alias, await answer.body.json()));
    response
      .writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      })
      .end(body);
  })
  .listen(Number(port), '127.0.0.1');
