import type { DynamicModule } from '@nestjs/common';
import type { AppConfig } from './config/app-config';
import { demoAccount, EmbeddedSimulator, EmbeddedSimulatorModule } from './embedded-simulator';
import { KisModule } from './kis';

/**
 * The library with the configured accounts. With the embedded simulator its demo account is the one account, and it
 * must listen before it is called.
 *
 * @param simulatorUrl a simulator that another process runs and that is used instead of one of our own
 */
export function connectKis(
  { simulator, kis, redactor }: AppConfig,
  simulatorUrl: string | null = null,
): DynamicModule {
  if (simulator === null) return KisModule.forRoot({ ...kis, redactor });
  if (simulatorUrl !== null) {
    return KisModule.forRoot({ ...kis, redactor, accounts: [demoAccount(simulatorUrl, simulator)] });
  }
  const options = {
    imports: [EmbeddedSimulatorModule],
    inject: [EmbeddedSimulator],
    useFactory: (embedded: EmbeddedSimulator) => ({ ...kis, redactor, accounts: [embedded.account()] }),
  };
  return KisModule.forRootAsync(options);
}
