import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppModule } from '../../src/app.module';
import { loadConfig } from '../../src/config/load-config';
import { configureApp } from '../../src/configure-app';
import { EmbeddedSimulator } from '../../src/embedded-simulator';
import { KisClock } from '../../src/kis';
import { removeDirectory } from './remove-directory';
import { AppLogger } from '../../src/logging/app-logger';
import { HttpPlatform } from '../../src/platform/http-platform';
import type { Simulator } from '../../src/simulator';
import { ask, type Answer } from './answer';

/** A problem as callers read it (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly kis?: { readonly msgCd: string; readonly msg1: string; readonly trId: string };
  readonly retryAt?: string;
}

export interface ApiOptions {
  /** The environment; nothing else is read. */
  readonly env: Readonly<Record<string, string>>;
  /** Time for the library; the platform's own unless given. */
  readonly clock?: KisClock;
}

/** The whole application on a real socket. */
export class RunningApi {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    /** What was logged, line by line. */
    readonly log: readonly string[],
  ) {}

  static async start({ env, clock }: ApiOptions): Promise<RunningApi> {
    const log: string[] = [];
    const config = loadConfig({ LOG_FILE: '', ...env });
    const logger = AppLogger.from(config, { console: (line) => log.push(line.trimEnd()) });
    let building = Test.createTestingModule({ imports: [AppModule.forRoot(config)] }).setLogger(logger);
    if (clock) building = building.overrideProvider(KisClock).useValue(clock);
    const app = (await building.compile()).createNestApplication<NestFastifyApplication>(
      new HttpPlatform({ redactor: config.redactor }),
      { logger },
    );
    configureApp(app);
    await app.listen(0, '127.0.0.1');
    return new RunningApi(app, await app.getUrl(), log);
  }

  /** The simulator that it brought along. */
  get simulator(): Simulator {
    return this.app.get(EmbeddedSimulator, { strict: false }).simulator;
  }

  ask<T = unknown>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    return ask<T>(this.url + path, init);
  }

  /** Resolves when a line with this text has been logged; the test's own time limit ends the wait. */
  async untilLogged(text: string): Promise<void> {
    while (!this.log.some((line) => line.includes(text))) await setTimeout(5);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** A directory of a test's own, gone when `remove` was called. */
export async function temporaryDirectory(): Promise<{ path: string; remove: () => void }> {
  const path = await mkdtemp(join(tmpdir(), 'kis-api-'));
  return {
    path,
    remove: () => {
      removeDirectory(path);
    },
  };
}

/** With the simulator that the application brings along. */
export function embeddedEnv(tokenDir: string): Record<string, string> {
  return {
    KIS_SIMULATOR: 'true',
    SIMULATOR_MOCK_PORT: '0',
    KIS_TOKEN_DIR: tokenDir,
    KIS_STATE_DIR: join(tokenDir, 'state'),
  };
}
