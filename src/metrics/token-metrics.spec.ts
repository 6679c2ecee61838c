import { KisConfiguration, KisTokenEvents, type KisAccountOptions, type KisTokenService } from '../kis';
import { TokenMetrics } from './token-metrics';

const account = (index: number): KisAccountOptions => ({
  alias: `a${index}`,
  mode: 'MOCK',
  appKey: `PSkey${index}`,
  appSecret: 'S'.repeat(180),
  accountNumber: '50112345',
});

it('reports the remaining life of all tokens from memory, without reading the store', async () => {
  const tokens = {
    events: new KisTokenEvents(),
    readiness: () => ({
      tokens: [1, 2, 3].map((index) => ({ alias: `a${index}`, remainingSeconds: index === 3 ? null : 7 })),
    }),
  } as unknown as KisTokenService;
  const configuration = new KisConfiguration({ accounts: [1, 2, 3].map(account), tokenStore: 'memory' });
  const metrics = new TokenMetrics(configuration, tokens);
  metrics.onModuleInit();

  const scrape = await metrics.registry.metrics();
  expect(scrape.match(/^kis_token_remaining_seconds\{.*\} \d$/gm)?.map((line) => line.slice(-1))).toEqual([
    '7',
    '7',
    '0',
  ]);
  metrics.onModuleDestroy();
});
