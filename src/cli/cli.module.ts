import { Module, type DynamicModule } from '@nestjs/common';
import type { AppConfig } from '../config/app-config';
import { AppConfigModule } from '../config/app-config.module';
import { connectKis } from '../kis-connection';

/** The library for one command: the same rules, files and claims as the service, without its scheduled job. */
@Module({})
export class CliModule {
  /** @param simulatorUrl a simulator that is already running; with `null` the embedded one is started if configured */
  static forRoot(config: AppConfig, simulatorUrl: string | null): DynamicModule {
    const { kis, simulator } = config;
    const once = config.with({
      kis: { ...kis, scheduledRefresh: false, shortLived: true },
      // Leaves the default port to the service, which may be started while the command runs.
      simulator: simulator && { ...simulator, mockPort: 0 },
    });
    return { module: CliModule, imports: [AppConfigModule.forRoot(once), connectKis(once, simulatorUrl)] };
  }
}
