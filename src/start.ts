import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { withoutBootNoise } from './boot-noise';
import type { AppConfig } from './config/app-config';
import { configureApp } from './configure-app';
import { EmbeddedSimulator } from './embedded-simulator';
import { describeDestination, destinationsOf, KisConfiguration, KisTokenService } from './kis';
import { GatewayPortError } from './gateway/gateway-ports';
import { HttpPlatform } from './platform/http-platform';

/** Requests are served during this wait. */
const TOKEN_CHECK_TIMEOUT_MS = 3000;

/** The API cannot listen; the message says why and what to do. */
export class StartError extends Error {}

/**
 * Builds the application, listens, and logs which addresses to open.
 * @throws StartError when it cannot listen; nothing is left running then.
 */
export async function startApi(config: AppConfig, logger: LoggerService): Promise<NestFastifyApplication> {
  // Before anything else, so that a second instance does not touch the tokens of the first.
  await mustBeFree(config);
  for (const warning of config.warnings) logger.warn(warning, 'Config');
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    new HttpPlatform({ redactor: config.redactor }),
    {
      logger: withoutBootNoise(logger),
      abortOnError: false,
    },
  );
  configureApp(app);
  await listen(app, config);
  await untilTokensAreChecked(app);
  await announce(app, config);
  return app;
}

async function listen(app: NestFastifyApplication, { host, port }: AppConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (cause) {
    await app.close();
    const isOfGateway = cause instanceof GatewayPortError;
    throw new StartError(isOfGateway ? cause.message : whyNotListening(cause, host, port), { cause });
  }
}

async function mustBeFree({ host, port, gateway }: AppConfig): Promise<void> {
  await tryPort(host, port, (cause) => whyNotListening(cause, host, port));
  for (const mode of ['REAL', 'MOCK'] as const) {
    const own = gateway.ports[mode];
    if (!gateway.enabled || own === null) continue;
    await tryPort(host, own, (cause) => new GatewayPortError(mode, own, cause).message);
  }
}

async function tryPort(host: string, port: number, why: (cause: unknown) => string): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new StartError(why(cause), { cause });
  } finally {
    server.close();
  }
}

function whyNotListening(cause: unknown, host: string, port: number): string {
  const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
  const address = `port ${port} of ${host}`;
  switch (code) {
    case 'EADDRINUSE':
      return `Another program listens on ${address}. Stop it, or choose another port: PORT=${port + 1} npm start`;
    case 'EACCES':
      return `This user is not allowed to listen on ${address}. Choose a port above 1023 with PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine (${code}). Correct HOST.`;
    default:
      return `Listening on ${address} failed (${code}). Choose another HOST or PORT.`;
  }
}

/** Waits for the log lines about tokens, so that the addresses to open come last. */
async function untilTokensAreChecked(app: NestFastifyApplication): Promise<void> {
  const timer = new AbortController();
  const timeout = delay(TOKEN_CHECK_TIMEOUT_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([app.get(KisTokenService, { strict: false }).refreshDue(), timeout]);
  timer.abort();
}

async function announce(app: NestFastifyApplication, config: AppConfig): Promise<void> {
  const logger = new Logger('App');
  const url = await app.getUrl();
  const kis = app.get(KisConfiguration, { strict: false });
  const key = config.apiKey === null ? '' : '-H "X-API-Key: $API_KEY" ';
  if (config.simulator === null) {
    for (const each of destinationsOf(kis)) logger.log(`Calls go to  ${describeDestination(each)}`);
  }
  logger.log(`Status page  ${url}/`);
  logger.log(`API docs     ${url}/docs`);
  logger.log(`Try          curl ${key}${url}/api/accounts/${kis.defaultAlias}/balance`);
  if (config.gateway.enabled) {
    const modes = [...new Set(kis.accounts.map(({ mode }) => mode.toLowerCase()))];
    logger.log(
      `Gateway      ${modes.map((mode) => `${url}/kis/${mode}`).join(' ')} (for programs made for KIS)`,
    );
  }
  if (config.simulator === null) return;
  const simulator = app.get(EmbeddedSimulator, { strict: false });
  logger.log(
    `Simulator    ${simulator.url}/__sim (all figures are invented; for your own account set KIS_SIMULATOR=false in .env.local)`,
  );
}
