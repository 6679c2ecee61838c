import { Module } from '@nestjs/common';
import { AccessModule } from '../common/access/access.module';
import { GatewayCallers } from './gateway-callers';
import { GatewayController } from './gateway.controller';
import { GatewayPorts } from './gateway-ports';
import { GatewaySockets } from './gateway-sockets';
import { Gateway } from './gateway.service';
import { OauthRoutes } from './oauth-routes';
import { ProgramKeyStore } from './program-key-store';
import { ProgramStatistics } from './program-statistics';
import { ProgramTokens } from './program-tokens';
import { UapiRoutes } from './uapi-routes';

/** KIS's own interface for other programs: see docs/gateway.md. */
@Module({
  imports: [AccessModule],
  controllers: [GatewayController],
  providers: [
    ProgramKeyStore,
    GatewayCallers,
    ProgramTokens,
    ProgramStatistics,
    OauthRoutes,
    UapiRoutes,
    Gateway,
    GatewaySockets,
    GatewayPorts,
  ],
  exports: [Gateway, GatewaySockets],
})
export class GatewayModule {}
