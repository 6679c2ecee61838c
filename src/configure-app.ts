import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serveApiDocs } from './api-docs';
import { AccessPolicy } from './common/access/access-policy';
import { GatewaySockets } from './gateway/gateway-sockets';
import { Gateway } from './gateway/gateway.service';
import { requestLog } from './logging/request-log';
import { HttpPlatform } from './platform/http-platform';
import { STATUS_PAGE } from './status/status-page';

/** Without SIGSEGV and the like: after a handler the failed instruction would run again, forever. */
const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** What the application needs beside its modules; the same for the process and for end-to-end tests. */
export function configureApp(app: NestFastifyApplication): void {
  const platform = app.getHttpAdapter();
  if (!(platform instanceof HttpPlatform)) throw new Error('The application needs the HttpPlatform.');
  const log = requestLog(new Logger());
  const access = app.get(AccessPolicy, { strict: false });
  platform.onArrival((request, reply) => {
    log(request, reply.raw);
    return access.problemWith(request);
  });
  const gateway = app.get(Gateway, { strict: false });
  app.get(GatewaySockets, { strict: false }).attachToApi(app.getHttpServer());
  platform.divert((request, response) => gateway.divert(request, response));
  platform.getInstance().addHook('onRequest', keepOutOfCaches);
  app.useStaticAssets({ root: STATUS_PAGE });
  serveApiDocs(app);
  app.enableShutdownHooks(SHUTDOWN_SIGNALS);
}

/** Balances are private and must not be cached. */
function keepOutOfCaches({ routeOptions }: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (routeOptions.url?.startsWith('/api/')) void reply.header('Cache-Control', 'no-store');
  done();
}
