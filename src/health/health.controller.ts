import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags, described } from '../common/api-description';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { TokenHealth } from './token-health';

/** Terminus would load Swagger for its own description. */
const UNDESCRIBED = { noCache: true, swaggerDocumentation: false };
const Described = described(() => HealthCheck({ noCache: false, swaggerDocumentation: true }));

/** For orchestrators and load balancers. Needs no API key, since probes have none. */
@ApiTags('operation')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly tokens: TokenHealth,
  ) {}

  @Get('live')
  @HealthCheck(UNDESCRIBED)
  @Described
  @ApiOperation({ summary: 'Whether the process responds' })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck(UNDESCRIBED)
  @Described
  @ApiOperation({
    summary: 'Whether at least one account can be served; 503 when none can',
    description: 'Accounts that cannot be served are listed under `error`, also while others can.',
  })
  async ready(): Promise<HealthCheckResult> {
    const { served, unserved } = this.tokens.checks();
    if (served.length === 0) return this.health.check(unserved);
    const result = await this.health.check(served);
    const down = Object.assign({}, ...unserved.map((check) => check())) as HealthCheckResult['details'];
    return { ...result, error: down, details: { ...result.details, ...down } };
  }
}
