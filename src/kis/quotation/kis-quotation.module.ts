import { Module } from '@nestjs/common';
import { KisClock } from '../clock';
import { KisCallModule } from '../http/kis-call.module';
import { KisConfiguration } from '../kis.options';
import { KisExchange } from '../transport/kis-exchange';
import { KisQuotationClient } from './kis-quotation.client';
import { KisSymbolDirectory } from './kis-symbol.directory';
import { KisTradingCalendar } from './kis-trading.calendar';
import { KisMarketClock } from './kis-market.clock';
import { KisRedis } from '../redis/kis-redis';
import { KisMarketFiles, MemoryMarketFiles, SharedMarketFiles, StateMarketFiles } from './state-files';
import { SymbolDownloads } from './symbol-downloads';

/** Several times the length of the longest symbol file. */
const MOST_FILE_BYTES = 20_000_000;

/** Market data. Needs the token module, which is global. */
@Module({
  imports: [KisCallModule],
  providers: [
    KisQuotationClient,
    { provide: KisMarketFiles, inject: [KisConfiguration, KisClock, KisRedis], useFactory: openFiles },
    { provide: SymbolDownloads, inject: [KisConfiguration, KisClock], useFactory: openDownloads },
    KisSymbolDirectory,
    KisTradingCalendar,
    KisMarketClock,
  ],
  exports: [KisQuotationClient, KisSymbolDirectory, KisTradingCalendar, KisMarketClock],
})
export class KisQuotationModule {}

/**
 * With tokens in memory nothing is written to disk, and invented data of a simulator must never be mistaken for data of
 * KIS.
 */
function openFiles(configuration: KisConfiguration, clock: KisClock, redis: KisRedis | null): KisMarketFiles {
  const { accounts, tokenStore, stateDir, nameOption } = configuration;
  if (tokenStore === 'memory' || accounts.some(({ simulated }) => simulated)) return new MemoryMarketFiles();
  const local = [stateDir, nameOption('stateDir', null), clock] as const;
  return redis ? new SharedMarketFiles(redis, ...local) : new StateMarketFiles(...local);
}

function openDownloads(configuration: KisConfiguration, clock: KisClock): SymbolDownloads {
  const { proxies, symbolFilesUrl, nameOption } = configuration;
  const exchange = new KisExchange(clock, { maxAnswerBytes: MOST_FILE_BYTES, keepAlive: false }, proxies);
  return new SymbolDownloads(exchange, symbolFilesUrl, nameOption('symbolFilesUrl', null));
}
