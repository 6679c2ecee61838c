import { Module, type DynamicModule } from '@nestjs/common';
import type { AppConfig } from '../config/app-config';
import { AppConfigModule } from '../config/app-config.module';
import { connectKis } from '../kis-connection';

/** The library for one command: the same rules, files and claims as the service, without its scheduled job. */
@Module({})
export class CliModule {
  static forRoot(config: AppConfig): DynamicModule {
    const once = config.with({ kis: { ...config.kis, scheduledRefresh: false } });
    return { module: CliModule, imports: [AppConfigModule.forRoot(once), connectKis(once)] };
  }
}
