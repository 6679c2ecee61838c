// Nest's hello world: the least that a Nest application can be.
//   node bench/contenders/hello-nest.mjs PORT
import { fromPeers } from '../support/resolve.mjs';

fromPeers('reflect-metadata');
const { Controller, Get, Module } = fromPeers('@nestjs/common');
const { NestFactory } = fromPeers('@nestjs/core');

class HelloController {
  hello() {
    return 'Hello World!';
  }
}
Controller()(HelloController);
Get()(
  HelloController.prototype,
  'hello',
  Object.getOwnPropertyDescriptor(HelloController.prototype, 'hello'),
);

class HelloModule {}
Module({ controllers: [HelloController] })(HelloModule);

const app = await NestFactory.create(HelloModule, { logger: false });
await app.listen(Number(process.argv[2]), '127.0.0.1');
