import { Module } from '@nestjs/common';
import { AccessModule } from '../common/access/access.module';
import { MetricsController } from './metrics.controller';
import { RequestMetrics } from './request-metrics';
import { TokenMetrics } from './token-metrics';

@Module({
  imports: [AccessModule],
  controllers: [MetricsController],
  providers: [TokenMetrics, RequestMetrics],
})
export class MetricsModule {}
