import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { KisAccountClient } from '../../../src/kis/account/kis-account.client';
import { KisClock, KisRandom } from '../../../src/kis/clock';
import { KisApiClient } from '../../../src/kis/http/kis-api.client';
import type { KisTokenSource } from '../../../src/kis/http/kis-caller';
import { KisCallModule } from '../../../src/kis/http/kis-call.module';
import { KisHttpService } from '../../../src/kis/http/kis-http.service';
import type { KisAnswerFacts } from '../../../src/kis/kis.errors';
import type { KisAccountOptions } from '../../../src/kis/kis-account.options';
import { KisConfiguration } from '../../../src/kis/kis.options';
import { KisQuotationClient } from '../../../src/kis/quotation/kis-quotation.client';
import { KisRedis } from '../../../src/kis/redis/kis-redis';
import { KisToken } from '../../../src/kis/token/kis-token';
import { KisTokenService, type WaitOptions } from '../../../src/kis/token/kis-token.service';
import { accountAt } from './local-kis';
import { FixedKisRandom, ManualKisClock } from '../../../src/kis/testing/manual-clock';

export function tokenNumber(generation: number): KisToken {
  return new KisToken({
    accessToken: `eyJ0.TOKEN${generation}.c2ln`,
    tokenType: 'Bearer',
    issuedAt: 0,
    expiresAt: Number.MAX_SAFE_INTEGER,
    refreshAt: Number.MAX_SAFE_INTEGER,
    generation,
    owner: 'nobody',
  });
}

/** A token service with scripted results, which records the calls it received. */
class ScriptedTokens implements KisTokenSource {
  readonly asked: (string | undefined)[] = [];
  readonly refused: { alias: string; token: KisToken; answer: KisAnswerFacts }[] = [];
  readonly heard: { alias: string; date: string | undefined; tookMs: number }[] = [];
  /** What a caller gets now. */
  next: () => KisToken | Promise<KisToken> = () => tokenNumber(1);
  /** What a caller gets for a refused token. */
  replacement: (refused: KisToken) => Promise<KisToken> = (refused) =>
    Promise.resolve(tokenNumber(refused.generation + 1));

  getToken(alias?: string, options?: WaitOptions): KisToken | Promise<KisToken> {
    this.asked.push(alias);
    const token = this.next();
    return token instanceof KisToken ? token : unlessAborted(token, options);
  }

  replaceRefused(
    alias: string,
    token: KisToken,
    answer: KisAnswerFacts,
    options?: WaitOptions,
  ): Promise<KisToken> {
    this.refused.push({ alias, token, answer });
    return unlessAborted(this.replacement(token), options);
  }

  noteServerDate(alias: string, date: string | undefined, tookMs: number): void {
    this.heard.push({ alias, date, tookMs });
  }
}

function unlessAborted(token: Promise<KisToken>, { signal }: WaitOptions = {}): Promise<KisToken> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    token.then(resolve, reject);
  });
}

export interface HttpFixture {
  readonly http: KisHttpService;
  readonly api: KisApiClient;
  readonly accounts: KisAccountClient;
  readonly quotations: KisQuotationClient;
  readonly configuration: KisConfiguration;
  readonly tokens: ScriptedTokens;
  readonly clock: ManualKisClock;
  close(): Promise<void>;
}

/** The HTTP side of the library as an application gets it, over a scripted token service and a manual clock. */
export async function openHttp(origin: string, ...more: Partial<KisAccountOptions>[]): Promise<HttpFixture> {
  const accounts = [accountAt(origin, more[0]), ...more.slice(1).map((each) => accountAt(origin, each))];
  const configuration = new KisConfiguration({ accounts, tokenStore: 'memory' });
  const tokens = new ScriptedTokens();
  const clock = new ManualKisClock();
  const module = await Test.createTestingModule({
    imports: [foundation(configuration, tokens, clock), KisCallModule],
    providers: [KisAccountClient, KisQuotationClient],
  }).compile();
  return {
    http: module.get(KisHttpService),
    api: module.get(KisApiClient),
    accounts: module.get(KisAccountClient),
    quotations: module.get(KisQuotationClient),
    configuration,
    tokens,
    clock,
    close: () => module.close(),
  };
}

@Global()
@Module({})
class Foundation {}

function foundation(configuration: KisConfiguration, tokens: ScriptedTokens, clock: ManualKisClock) {
  return {
    module: Foundation,
    providers: [
      { provide: KisConfiguration, useValue: configuration },
      { provide: KisTokenService, useValue: tokens },
      { provide: KisClock, useValue: clock },
      { provide: KisRedis, useValue: null },
      { provide: KisRandom, useValue: new FixedKisRandom() },
    ],
    exports: [KisConfiguration, KisTokenService, KisClock, KisRandom, KisRedis],
  };
}
