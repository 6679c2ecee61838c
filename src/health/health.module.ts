import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller';
import { TokenHealth } from './token-health';

@Module({
  // Probes come every few seconds, and failures are in the log already.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [TokenHealth],
})
export class HealthModule {}
