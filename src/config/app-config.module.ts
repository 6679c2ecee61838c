import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, ConfigService, registerAs } from '@nestjs/config';
import { AppConfig } from './app-config';

/**
 * Makes the configuration available for injection everywhere: as {@link AppConfig}, with types, and by path through
 * Nest's `ConfigService`: `config.get<number>('app.port')`.
 *
 * `ConfigModule` neither reads files nor the environment: `readConfig` has done so, with all checks, before the
 * application exists. Its `validate` is not used, because it copies what it returns into `process.env`, and with it
 * secrets into every child process.
 */
@Module({})
export class AppConfigModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: AppConfigModule,
      global: true,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          cache: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
          load: [registerAs('app', () => config)],
        }),
      ],
      providers: [
        {
          provide: AppConfig,
          inject: [ConfigService],
          useFactory: (service: ConfigService) => service.getOrThrow<AppConfig>('app'),
        },
      ],
      exports: [AppConfig],
    };
  }
}
