import type { DynamicModule } from '@nestjs/common';
import type { AppConfig } from './config/app-config';
import { variablesForOptions } from './config/option-variables';
import { demoAccount, EmbeddedSimulator, EmbeddedSimulatorModule } from './embedded-simulator';
import { KisModule, type KisOptions } from './kis';

/**
 * The library with the configured accounts. With the embedded simulator, its demo account is the only one, and it is
 * started before the library needs it.
 *
 * @param simulatorUrl a simulator in another process, to be used instead of the embedded one
 */
export function connectKis(
  { simulator, kis, redactor, profiles }: AppConfig,
  simulatorUrl: string | null = null,
): DynamicModule {
  const options: KisOptions = { ...kis, redactor, nameOption: variablesForOptions(profiles) };
  if (simulator === null) return KisModule.forRoot(options);
  if (simulatorUrl !== null) {
    return KisModule.forRoot({
      ...withSymbolsOf(simulatorUrl, options),
      accounts: [demoAccount(simulatorUrl, simulator)],
    });
  }
  return KisModule.forRootAsync({
    imports: [EmbeddedSimulatorModule],
    inject: [EmbeddedSimulator],
    useFactory: (embedded: EmbeddedSimulator) => ({
      ...withSymbolsOf(embedded.url, options),
      accounts: [embedded.account()],
    }),
  });
}

/** The simulator serves symbol files too; a configured address takes precedence. */
function withSymbolsOf(url: string, options: KisOptions): KisOptions {
  return { symbolFilesUrl: new URL('/common/master/', url).href, ...options };
}
