import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { KisConfiguration, KisModule, KisTokenService, SystemKisClock, type KisTokenStore } from '../src/kis';
import { describeKisTokenStore } from '../src/kis/token/kis-token.store.contract';
import { startSimulator, type Simulator } from '../src/simulator';
import { Home } from './support/home';
import { JsonTokenStore, Rows } from './support/kis/json-token-store';

const configuration = new KisConfiguration({ accounts: [] });

describeKisTokenStore('JsonTokenStore', (clock) => {
  const rows = new Rows();
  const another = (): JsonTokenStore => new JsonTokenStore(rows, clock, configuration);
  return Promise.resolve({ store: another(), another, close: () => Promise.resolve() });
});

const rows = new Rows();

@Module({ providers: [{ provide: Rows, useValue: rows }], exports: [Rows] })
class DatabaseModule {}

@Module({})
class Application {}

describe("an application's own token store", () => {
  let simulator: Simulator;
  let home: Home;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
    home = new Home();
  });

  afterAll(() => simulator.stop());

  beforeEach(() => {
    rows.clear();
    simulator.reset();
  });

  it.each<[string, () => KisTokenStore | Type<KisTokenStore>]>([
    ['an object', () => new JsonTokenStore(rows, new SystemKisClock(), configuration)],
    ['a class with providers of its own', () => JsonTokenStore],
  ])('keeps the tokens, given as %s', async (_form, tokenStore) => {
    const account = { mode: 'MOCK', ...simulator.demo.mock, baseUrl: simulator.mockUrl ?? '' } as const;
    const kis = KisModule.forRootAsync({
      imports: [DatabaseModule],
      useFactory: () => ({
        accounts: [account],
        tokenDir: home.locate('calls'),
        tokenStore: tokenStore(),
      }),
    });
    const imports = [ScheduleModule.forRoot(), kis];
    const app = await NestFactory.createApplicationContext(
      { module: Application, imports },
      { logger: false },
    );
    try {
      const tokens = app.get(KisTokenService);
      const { accessToken } = await tokens.getToken();
      expect([...rows.values()].map(({ token }) => token)).toEqual([expect.stringContaining(accessToken)]);
      expect(await tokens.getTokenInfo()).toMatchObject({ status: 'fresh', store: 'json', filePath: null });
      expect(home.has('calls/token_PStoMm5NMd_mock.json')).toBe(false);
    } finally {
      await app.close();
    }
  });
});
