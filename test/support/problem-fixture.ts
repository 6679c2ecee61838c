import type { Server } from 'node:http';
import { Controller, Get, Post, Res } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import request from 'supertest';
import { AppLogger } from '../../src/logging/app-logger';
import { Redactor } from '../../src/kis';
import { HttpPlatform } from '../../src/platform/http-platform';
import { ProblemFilter } from '../../src/common/problem.filter';

/** An application with one scripted route, for specs of errors as problems. */

/** What the controller does next; set by each test. */
class Act {
  run: (response: FastifyReply) => unknown = () => 'ok';
}

@Controller()
class ActController {
  constructor(private readonly act: Act) {}

  @Get('act/:id')
  get(@Res({ passthrough: true }) response: FastifyReply): unknown {
    return this.act.run(response);
  }

  @Post('act')
  post(): string {
    return 'ok';
  }
}

/** A server whose route `GET /act/1` does what a spec wants; `ProblemFilter` answers what it throws. */
export class ProblemFixture {
  log = '';

  private constructor(
    private readonly app: NestFastifyApplication,
    readonly act: Act,
  ) {}

  static async open(): Promise<ProblemFixture> {
    const module = await Test.createTestingModule({
      controllers: [ActController],
      providers: [Act, { provide: APP_FILTER, useClass: ProblemFilter }],
    }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new HttpPlatform());
    const fixture = new ProblemFixture(app, module.get(Act));
    app.useLogger(
      new AppLogger({
        level: 'debug',
        format: 'text',
        file: null,
        redactor: new Redactor(),
        console: (text) => (fixture.log += text),
      }),
    );
    await app.listen(0, '127.0.0.1');
    return fixture;
  }

  get server(): Server {
    return this.app.getHttpServer();
  }

  /** Asks the route, which throws this. */
  throwing(error: unknown): request.Test {
    this.act.run = () => {
      throw error;
    };
    return request(this.server).get('/act/1');
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
