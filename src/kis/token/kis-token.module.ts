import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { HttpKisAuthClient } from '../auth/http-kis-auth.client';
import { KisAuthClient } from '../auth/kis-auth.client';
import { KisClock, KisRandom, SystemKisClock, SystemKisRandom } from '../clock';
import { KisConfiguration, type KisOptions } from '../kis.options';
import { FileKisTokenStore } from './file/file-kis-token.store';
import { KisTokenRefreshJob } from './kis-token.refresh-job';
import { KisTokenService } from './kis-token.service';
import { KisTokenStore } from './kis-token.store';
import { MemoryKisTokenStore } from './memory-kis-token.store';

/** How `forRootAsync` comes by the options. */
export interface KisAsyncOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...injected: never[]) => KisOptions | Promise<KisOptions>;
}

/**
 * The token service alone: for programs that only want valid tokens. Its parts (clock, store, token endpoint,
 * randomness) are providers, so that a test or a program can put its own in their place.
 */
@Module({})
export class KisTokenModule {
  static forRootAsync(options: KisAsyncOptions): DynamicModule {
    const exported = [KisConfiguration, KisClock, KisRandom, KisTokenService];
    return {
      module: KisTokenModule,
      global: true,
      imports: options.imports ?? [],
      providers: [
        {
          provide: KisConfiguration,
          inject: options.inject ?? [],
          useFactory: async (...injected: never[]) =>
            new KisConfiguration(await options.useFactory(...injected)),
        },
        { provide: KisClock, useClass: SystemKisClock },
        { provide: KisRandom, useClass: SystemKisRandom },
        { provide: KisAuthClient, useClass: HttpKisAuthClient },
        { provide: KisTokenStore, inject: [KisConfiguration, KisClock], useFactory: openStore },
        KisTokenService,
        KisTokenRefreshJob,
      ],
      exports: exported,
    };
  }
}

function openStore(configuration: KisConfiguration, clock: KisClock): KisTokenStore {
  if (configuration.tokenStore === 'memory') return new MemoryKisTokenStore(clock);
  return new FileKisTokenStore(configuration.tokenDir, configuration.tokenPolicy, clock);
}
