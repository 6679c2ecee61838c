import type { DynamicModule } from '@nestjs/common';
import type { AppConfig } from './config/app-config';
import { EmbeddedSimulator, EmbeddedSimulatorModule } from './embedded-simulator';
import { KisModule } from './kis';

/**
 * The library with the configured accounts. With the embedded simulator its demo account is the one account, and it
 * must listen before anybody calls it.
 */
export function connectKis({ simulator, kis }: AppConfig): DynamicModule {
  if (simulator === null) return KisModule.forRoot(kis);
  const options = {
    imports: [EmbeddedSimulatorModule],
    inject: [EmbeddedSimulator],
    useFactory: (embedded: EmbeddedSimulator) => ({ ...kis, accounts: [embedded.account()] }),
  };
  return KisModule.forRootAsync(options);
}
