import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { ServerResponse } from 'node:http';
import { serveApiDocs } from './api-docs';
import { requestLog } from './logging/request-log';
import { STATUS_PAGE } from './status/status-page';

/** What the application needs beside its modules; the same for the process and for end-to-end tests. */
export function configureApp(app: NestExpressApplication): void {
  app.use(requestLog(new Logger()));
  app.use(helmet({ contentSecurityPolicy: { directives: CONTENT_SECURITY } }));
  app.use('/api', keepOutOfCaches);
  app.useStaticAssets(STATUS_PAGE);
  serveApiDocs(app);
  app.enableShutdownHooks();
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
function keepOutOfCaches(_request: unknown, response: ServerResponse, next: () => void): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}
