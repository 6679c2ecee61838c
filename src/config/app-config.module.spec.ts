import { Injectable, Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { AppConfig } from './app-config';
import { AppConfigModule } from './app-config.module';
import { loadConfig } from './load-config';

const ENVIRONMENT = { ...process.env };

@Injectable()
class Reader {
  constructor(
    readonly config: AppConfig,
    readonly service: ConfigService,
  ) {}
}

@Module({ providers: [Reader] })
class FeatureModule {}

describe('AppConfigModule', () => {
  it('provides the configuration everywhere, as itself and through ConfigService', async () => {
    const config = loadConfig({ KIS_SIMULATOR: 'true', PORT: '4001' });
    const module = await Test.createTestingModule({
      imports: [AppConfigModule.forRoot(config), FeatureModule],
    }).compile();
    const reader = module.get(Reader);
    expect(reader.config).toBe(config);
    expect(reader.service.get('app')).toBe(config);
    expect(reader.service.get('app.port')).toBe(4001);
  });

  it('leaves the real environment as it is, so that child processes get no secret of a settings file', async () => {
    const config = loadConfig({ KIS_SIMULATOR: 'true', API_KEY: 'k'.repeat(32) });
    await Test.createTestingModule({ imports: [AppConfigModule.forRoot(config)] }).compile();
    expect(process.env).toEqual(ENVIRONMENT);
  });

  it('shows nothing but the configuration: the real environment stays outside', async () => {
    const module = await Test.createTestingModule({
      imports: [AppConfigModule.forRoot(loadConfig({ KIS_SIMULATOR: 'true' }))],
    }).compile();
    expect(module.get(ConfigService).get('PATH')).toBeUndefined();
  });
});
