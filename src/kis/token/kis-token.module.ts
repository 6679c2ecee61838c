import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HttpKisAuthClient } from '../auth/http-kis-auth.client';
import { KisAuthClient } from '../auth/kis-auth.client';
import { KisClock, KisRandom, SystemKisClock, SystemKisRandom } from '../clock';
import { KisConfiguration, type KisOptions } from '../kis.options';
import { KisRedis } from '../redis/kis-redis';
import { ReplicatedTokenStore } from './replicated-token.store';
import { FileKisTokenStore } from './file/file-kis-token.store';
import { KisTokenRefreshJob } from './kis-token.refresh-job';
import { KisTokenService } from './kis-token.service';
import { KisTokenStore } from './kis-token.store';
import { MemoryKisTokenStore } from './memory-kis-token.store';
import { TokenCodec } from './token-codec';
import { RedisTokenRecords } from './redis/redis-records';
import { RedisKisTokenStore } from './redis/redis-kis-token.store';

/** The providers of the token service: options, clock, stores, token endpoint, refresh job. */

/**
 * A provider that no class injects: the start fails when the store cannot be used, and the other providers are built
 * while this one waits for the thread for files.
 */
const STORE_CHECK = Symbol('KisTokenStoreCheck');

/** How `forRootAsync` obtains the options. */
export interface KisAsyncOptions {
  /** Modules whose exports are injected into the factory, or into the class of `tokenStore`. */
  readonly imports?: ModuleMetadata['imports'];
  /** The arguments of the factory, in this order. */
  readonly inject?: FactoryProvider['inject'];
  /** Makes the options; called once, at the start. */
  readonly useFactory: (...injected: never[]) => KisOptions | Promise<KisOptions>;
}

/**
 * The token service alone: for programs that only need valid tokens. Its parts (clock, store, token endpoint,
 * randomness) are providers, so that a test or a program can replace them.
 */
@Module({})
export class KisTokenModule {
  /**
   * The module with options from a factory.
   *
   * @throws KisInvalidRequestError at the start of the application, naming the invalid option.
   */
  static forRootAsync(options: KisAsyncOptions): DynamicModule {
    const exported = [KisConfiguration, KisClock, KisRandom, KisRedis, KisTokenService];
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
        { provide: KisRedis, inject: [KisConfiguration, KisClock], useFactory: openRedis },
        {
          provide: KisTokenStore,
          inject: [KisConfiguration, KisClock, KisRedis, ModuleRef],
          useFactory: openStore,
        },
        { provide: STORE_CHECK, inject: [KisTokenStore, KisConfiguration], useFactory: checkStore },
        KisTokenService,
        KisTokenRefreshJob,
      ],
      exports: exported,
    };
  }
}

/** `null` when Redis is not used: its client is not loaded then. */
async function openRedis({ redis, nameOption }: KisConfiguration, clock: KisClock): Promise<KisRedis | null> {
  return redis && KisRedis.open(redis, clock, nameOption('redis', null));
}

async function openStore(
  configuration: KisConfiguration,
  clock: KisClock,
  redis: KisRedis | null,
  module: ModuleRef,
): Promise<KisTokenStore> {
  const { tokenStore } = configuration;
  if (typeof tokenStore === 'string') return ownStore(configuration, clock, redis);
  return typeof tokenStore === 'function' ? module.create(tokenStore) : tokenStore;
}

/** @throws KisTokenStoreError when tokens are stored in files and the database beside them cannot be used. */
async function checkStore(store: KisTokenStore, { nameOption }: KisConfiguration): Promise<void> {
  if (store instanceof FileKisTokenStore) await store.requireSqlite(nameOption('tokenStore', null));
}

/** @throws KisTokenStoreError as {@link checkStore} does, for files beside Redis. */
async function ownStore(
  configuration: KisConfiguration,
  clock: KisClock,
  redis: KisRedis | null,
): Promise<KisTokenStore> {
  const { tokenStore, tokenDir, tokenPolicy, tokenCipher, nameOption } = configuration;
  if (tokenStore === 'memory') return new MemoryKisTokenStore(clock);
  const setting = nameOption('tokenDir', null);
  const files = new FileKisTokenStore(tokenDir, tokenPolicy, clock, tokenCipher, undefined, setting);
  if (!redis) return files;
  await files.requireSqlite(nameOption('tokenStore', null));
  const codec = new TokenCodec(tokenPolicy, tokenCipher);
  const shared = new RedisKisTokenStore(new RedisTokenRecords(redis), codec, clock);
  return new ReplicatedTokenStore(shared, files, clock);
}
