import {
  Injectable,
  Logger,
  Optional,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { LONGEST_TIMER_MS } from '../clock';
import { KisConfiguration } from '../kis.options';
import type { KisSweepResult } from './kis-token-results';
import { KisTokenService } from './kis-token.service';
import { messageOf } from './token-errors';

/**
 * Renews tokens before a caller has to wait for one. The interval is registered with `@nestjs/schedule`, where it can
 * be listed and stopped; it never throws and never keeps the process alive.
 */
@Injectable()
export class KisTokenRefreshJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Scheduler');

  constructor(
    private readonly tokens: KisTokenService,
    private readonly configuration: KisConfiguration,
    @Optional() private readonly scheduler?: SchedulerRegistry,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.configuration.scheduledRefresh) return;
    if (!this.scheduler) {
      throw new Error(
        'Tokens are renewed by @nestjs/schedule: import ScheduleModule.forRoot() in your root module.',
      );
    }
    const sweepMs = Math.min(this.configuration.sweepMs, LONGEST_TIMER_MS);
    const interval = setInterval(() => void this.run(), sweepMs);
    interval.unref();
    this.scheduler.addInterval(NAME, interval);
    this.logger.log(`Checking every ${sweepMs / 1000} s which tokens are due`);
    // The first run begins at once, so that a token is there before the first request needs it.
    void this.run();
  }

  onModuleDestroy(): void {
    if (this.scheduler?.doesExist('interval', NAME)) this.scheduler.deleteInterval(NAME);
  }

  /** Checks all tokens once. Never rejects: failures are in the results, in events and in the log. */
  async run(): Promise<void> {
    try {
      for (const { alias, outcome } of await this.tokens.refreshDue()) {
        if (REPORTED.has(outcome)) this.logger.log(`Token of "${alias}": ${outcome}`);
      }
    } catch (error) {
      this.logger.error(`The token refresh failed unexpectedly: ${messageOf(error)}`);
    }
  }
}

/** Outcomes that are logged here; failures are logged where they occur. */
const REPORTED: ReadonlySet<KisSweepResult['outcome']> = new Set(['adopted', 'refreshed', 'unchanged']);

const NAME = 'kis-token-refresh';
