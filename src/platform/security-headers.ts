import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/**
 * Stricter than helmet's defaults: no content from other hosts. Without `upgrade-insecure-requests`, which would break
 * the pages when they are served over plain HTTP on an address other than loopback. Swagger's page has inline styles.
 */
const CONTENT_SECURITY = {
  fontSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  upgradeInsecureRequests: null,
};

/** The headers of every response, also of those that no route has written. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = headersOfHelmet();

/** The same for every request, so helmet runs only once. */
function headersOfHelmet(): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({ contentSecurityPolicy: { directives: CONTENT_SECURITY } })(request, response, () => undefined);
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}
