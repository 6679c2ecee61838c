import { HttpModule, HttpService } from '@nestjs/axios';
import { Injectable, Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { KisHttpModule, KisHttpService, KisModule } from '../src/kis';
import { startSimulator, type Simulator } from '../src/simulator';
import { Home } from './support/home';

const PRICE = '/uapi/domestic-stock/v1/quotations/inquire-price';

@Injectable()
class Weather {
  constructor(readonly http: HttpService) {}
}

@Injectable()
class Prices {
  constructor(readonly kis: KisHttpService) {}

  async price(symbol: string): Promise<string> {
    const { data } = await this.kis.axiosRef.get<{ output: { stck_prpr: string } }>(PRICE, {
      headers: { tr_id: 'FHKST01010100' },
      params: { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol },
    });
    return data.output.stck_prpr;
  }
}

@Module({})
class HostModule {}

@Module({})
class FeatureModule {}

/** The library beside the HTTP client of the application that it was added to. */
describe('KisModule in an application', () => {
  let simulator: Simulator;
  let home: Home;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { mockPerSecond: 1000 } });
    home = new Home();
  });

  afterAll(() => simulator.stop());

  function kisModule(): DynamicModule {
    const account = {
      mode: 'MOCK',
      ...simulator.demo.mock,
      baseUrl: simulator.mockUrl ?? '',
      requestsPerSecond: 50,
    } as const;
    return KisModule.forRoot({ accounts: [account], tokenDir: home.locate('tokens') });
  }

  async function inHost<T>(
    metadata: ModuleMetadata,
    use: (get: <P>(type: Type<P>) => P) => T,
  ): Promise<Awaited<T>> {
    const imports = [ScheduleModule.forRoot(), ...(metadata.imports ?? [])];
    const host = { module: HostModule, ...metadata, imports };
    const app = await NestFactory.createApplicationContext(host, { logger: false, abortOnError: false });
    try {
      return await use((type) => app.get(type, { strict: false }));
    } finally {
      await app.close();
    }
  }

  const feature = (metadata: ModuleMetadata): DynamicModule => ({ module: FeatureModule, ...metadata });

  it.each<[string, () => NonNullable<ModuleMetadata['imports']>]>([
    ['before', () => [HttpModule.register({ baseURL: 'http://weather.test' }), kisModule()]],
    ['after', () => [kisModule(), HttpModule.register({ baseURL: 'http://weather.test' })]],
    [
      'globally after',
      () => [kisModule(), HttpModule.register({ baseURL: 'http://weather.test', global: true })],
    ],
  ])('leaves the HttpService of an HttpModule imported %s it as it is', async (_where, imports) => {
    const providers = [Weather, Prices];
    await inHost({ imports: imports(), providers }, async (get) => {
      const { http } = get(Weather);
      expect(http).not.toBeInstanceOf(KisHttpService);
      expect(http.axiosRef.defaults.baseURL).toBe('http://weather.test');
      expect(get(HttpService)).toBe(http);
      await expect(get(Prices).price('005930')).resolves.toMatch(/^\d+$/);
    });
  });

  it('needs no HttpModule, in any module of the application', async () => {
    const imports = [kisModule(), feature({ providers: [Prices] })];
    await expect(inHost({ imports }, (get) => get(Prices).price('005930'))).resolves.toMatch(/^\d+$/);
  });

  it('gives no HttpService to a module that imports none', async () => {
    const starting = inHost({ imports: [kisModule()], providers: [Weather] }, () => undefined);
    await expect(starting).rejects.toThrow(
      /can't resolve dependencies of the Weather .*HttpModule|HttpService/s,
    );
  });

  it('is the HttpService of the modules that import KisHttpModule, and of no other', async () => {
    const imports = [
      kisModule(),
      HttpModule,
      feature({ imports: [KisHttpModule], providers: [Prices, Weather] }),
    ];
    @Injectable()
    class News {
      constructor(readonly http: HttpService) {}
    }
    await inHost({ imports, providers: [News] }, (get) => {
      expect(get(Weather).http).toBe(get(Prices).kis);
      expect(get(News).http).not.toBeInstanceOf(KisHttpService);
    });
  });
});
