import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { loadSwagger } from './common/api-description';

const DESCRIPTION = `
Balances, orders, market data and access tokens of accounts at KIS (한국투자증권).

- Amounts, prices, rates and quantities are decimal strings, exactly as the brokerage sent them; times are ISO 8601 in UTC.
- Errors are \`application/problem+json\` (RFC 9457): \`code\` is for programs, \`detail\` says what happened and what to do.
- 401 and 403 never come from KIS: they are about the API key of the caller, pages of other sites, and orders that are switched off.
- Where \`simulated\` is true, the figures are invented by a simulator.
`;

/** Where the files of Swagger UI are; its package needs none of its code run for that. */
const SWAGGER_UI = dirname(require.resolve('swagger-ui-dist/package.json'));
/** Instead of the one of the package, which shows an example. The page is at `/docs` and at `/docs/`. */
const INITIALIZER = `const url = new URL('../docs-json', document.currentScript.src).href;
window.onload = () => {
  window.ui = SwaggerUIBundle({ url, dom_id: '#swagger-ui', deepLinking: true });
};
`;

/**
 * Serves the description of the API: as a page at `/docs`, as JSON at `/docs-json`. It is made on demand.
 * Without `SwaggerModule.setup`, which would load Swagger at every start.
 */
export function serveApiDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const page = readFileSync(join(SWAGGER_UI, 'index.html'), 'utf8').replace(
    /<title>.*<\/title>/,
    '<title>KIS Trading API</title>',
  );
  const html = (base: string): string => page.replace('<head>', `<head>\n    <base href="${base}">`);
  let description: string | null = null;
  fastify.get('/docs', ({ url }, reply) =>
    reply.type('text/html; charset=utf-8').send(html(/^[^?]*\/(\?|$)/.test(url) ? './' : './docs/')),
  );
  fastify.get('/docs/index.html', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(html('./')),
  );
  fastify.get('/docs/swagger-initializer.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(INITIALIZER),
  );
  fastify.get('/docs-json', (_request, reply) => {
    description ??= JSON.stringify(describeApi(app));
    return reply.type('application/json; charset=utf-8').send(description);
  });
  app.useStaticAssets({ root: SWAGGER_UI, prefix: '/docs' });
}

function describeApi(app: INestApplication): OpenAPIObject {
  const { DocumentBuilder, SwaggerModule } = loadSwagger();
  const options = new DocumentBuilder()
    .setTitle('KIS Trading API')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addTag('accounts', 'Accounts and what is in them')
    .addTag('quotes', 'Prices')
    .addTag('tokens', 'The access tokens with which KIS is called; never a token itself')
    .addTag('operation', 'Operation of this process')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'The value of API_KEY; only where it is set.' },
      'bearer',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same in a header of its own.' },
      'header',
    )
    .build();
  return SwaggerModule.createDocument(app, options, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}
