import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller';
import { TokenHealth } from './token-health';

@Module({
  // Quiet: a probe asks every few seconds, and what fails is in the log already.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [TokenHealth],
})
export class HealthModule {}
