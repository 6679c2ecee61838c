import { KisConfiguration, KisTokenEvents, type KisAccountOptions, type KisTokenService } from '../kis';
import { TokenMetrics } from './token-metrics';

const account = (index: number): KisAccountOptions => ({
  alias: `a${index}`,
  mode: 'MOCK',
  appKey: `PSkey${index}`,
  appSecret: 'S'.repeat(180),
  accountNumber: '50112345',
});

it('looks at the tokens of all accounts at the same time', async () => {
  const waiting: (() => void)[] = [];
  const tokens = {
    events: new KisTokenEvents(),
    getTokenInfo: () =>
      new Promise((resolve) => {
        waiting.push(() => {
          resolve({ remainingSeconds: 7 });
        });
      }),
  } as unknown as KisTokenService;
  const configuration = new KisConfiguration({ accounts: [1, 2, 3].map(account), tokenStore: 'memory' });
  const metrics = new TokenMetrics(configuration, tokens);
  metrics.onModuleInit();

  const scrape = metrics.registry.metrics();
  await new Promise((resolve) => setImmediate(resolve));
  expect(waiting).toHaveLength(3);
  for (const answer of waiting) answer();

  expect((await scrape).match(/^kis_token_remaining_seconds\{.*\} 7$/gm)).toHaveLength(3);
  metrics.onModuleDestroy();
});
