import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = `
Balances, orders, market data and access tokens of accounts at KIS (한국투자증권).

- Amounts, prices, rates and quantities are decimal strings, exactly as the brokerage sent them; times are ISO 8601 in UTC.
- Errors are \`application/problem+json\` (RFC 9457): \`code\` is for programs, \`detail\` says what happened and what to do.
- 401 and 403 never come from KIS: they are about the API key of the caller, pages of other sites, and orders that are switched off.
- Where \`simulated\` is true, the figures are invented by a simulator.
`;

/** Serves the description of the API: as a page at `/docs`, as JSON at `/docs-json`. */
export function serveApiDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    customSiteTitle: 'KIS Trading API',
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
  });
}

function describeApi(app: INestApplication): OpenAPIObject {
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
