import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { serveApiDocs } from './api-docs';
import { requestLog } from './logging/request-log';
import { STATUS_PAGE } from './status/status-page';

/** Not those of a crash: a handler would run the instruction that failed again, for ever. */
const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** What the application needs beside its modules; the same for the process and for end-to-end tests. */
export function configureApp(app: NestFastifyApplication): void {
  const log = requestLog(new Logger());
  const secure = helmet({ contentSecurityPolicy: { directives: CONTENT_SECURITY } });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', ({ raw: request }, { raw: response }, done) => {
    log(request, response);
    secure(request, response, () => {
      done();
    });
  });
  fastify.addHook('onRequest', keepOutOfCaches);
  app.useStaticAssets({ root: STATUS_PAGE });
  serveApiDocs(app);
  app.enableShutdownHooks(SHUTDOWN_SIGNALS);
}

/**
 * Stricter than helmet's own: nothing from other hosts. Without `upgrade-insecure-requests`, which would break the
 * pages where they are served by plain HTTP on another address than loopback. Swagger's page has inline styles.
 */
const CONTENT_SECURITY = {
  fontSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  upgradeInsecureRequests: null,
};

/** Balances are nobody's business but the caller's. */
function keepOutOfCaches({ routeOptions }: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (routeOptions.url?.startsWith('/api/')) void reply.header('Cache-Control', 'no-store');
  done();
}
