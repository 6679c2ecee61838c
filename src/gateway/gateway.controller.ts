import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '../common/api-description';
import { ApiProblems } from '../common/api-problems';
import { Guarded } from '../common/guarded';
import { AppConfig } from '../config/app-config';
import { maskAppKey } from '../kis';
import { GatewayCallers, type GatewayCaller } from './gateway-callers';
import { GatewayDto, ProgramDto } from './gateway.dto';
import { GatewaySockets } from './gateway-sockets';
import { ProgramStatistics } from './program-statistics';

/** What the programs that use the gateway do. No response contains a key or a secret. */
@ApiTags('gateway')
@Guarded()
@Controller('api/gateway')
export class GatewayController {
  constructor(
    private readonly config: AppConfig,
    private readonly callers: GatewayCallers,
    private readonly statistics: ProgramStatistics,
    private readonly sockets: GatewaySockets,
  ) {}

  @Get()
  @ApiOperation({
    summary:
      'Programs that call KIS through the gateway: what they may do, how often they call, their last error',
  })
  @ApiOkResponse({ type: GatewayDto })
  @ApiProblems()
  async overview(): Promise<GatewayDto> {
    const { enabled, columns } = this.config.gateway;
    const callers = enabled ? await this.callers.all() : [];
    return { enabled, columns, programs: callers.map((caller) => this.program(caller)) };
  }

  private program(caller: GatewayCaller): ProgramDto {
    const { name: program, account, allow, columns, key, appKey } = caller;
    return {
      program,
      account: account.alias,
      mode: account.mode,
      allow,
      columns,
      appKey: key ? `${key.keyStart}…` : maskAppKey(appKey),
      ...this.statistics.of(program),
      registrations: this.sockets.registrationsOf(program),
    };
  }
}
