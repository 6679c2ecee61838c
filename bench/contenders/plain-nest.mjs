// The same controller on Nest with plain @nestjs/axios, a fixed token and no more.
//   node bench/contenders/plain-nest.mjs PORT UPSTREAM TOKEN
import http from 'node:http';
import { balanceHeaders, BALANCE_PATH, balanceQuery, mapBalance } from '../support/balance-call.mjs';
import { fromPeers } from '../support/resolve.mjs';

fromPeers('reflect-metadata');
const { Controller, Get, Inject, Module, Param } = fromPeers('@nestjs/common');
const { NestFactory } = fromPeers('@nestjs/core');
const { HttpModule, HttpService } = fromPeers('@nestjs/axios');

const [port, upstream, token] = process.argv.slice(2);

class AccountsController {
  constructor(service) {
    this.http = service;
  }

  async balance(alias) {
    const { data } = await this.http.axiosRef.get(BALANCE_PATH, { params: balanceQuery('50112345') });
    return mapBalance(alias, data);
  }
}
Controller('api/accounts')(AccountsController);
Inject(HttpService)(AccountsController, undefined, 0);
Get(':alias/balance')(
  AccountsController.prototype,
  'balance',
  Object.getOwnPropertyDescriptor(AccountsController.prototype, 'balance'),
);
Param('alias')(AccountsController.prototype, 'balance', 0);

class PlainModule {}
Module({
  imports: [
    HttpModule.register({
      baseURL: upstream,
      httpAgent: new http.Agent({ keepAlive: true }),
      maxRedirects: 0,
      headers: balanceHeaders({ appKey: 'k'.repeat(36), appSecret: 's'.repeat(180) }, token),
    }),
  ],
  controllers: [AccountsController],
})(PlainModule);

const app = await NestFactory.create(PlainModule, { logger: false });
await app.listen(Number(port), '127.0.0.1');
