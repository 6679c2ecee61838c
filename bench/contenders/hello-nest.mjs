// Nest's hello world: the least that a Nest application can be.
//   node bench/contenders/hello-nest.mjs PORT
import { fromProject } from '../support/resolve.mjs';

fromProject('reflect-metadata');
const { Controller, Get, Module } = fromProject('@nestjs/common');
const { NestFactory } = fromProject('@nestjs/core');

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
