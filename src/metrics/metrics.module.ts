import { Module } from '@nestjs/common';
import { AccessModule } from '../common/access/access.module';
import { MetricsController } from './metrics.controller';
import { RealtimeMetrics } from './realtime-metrics';
import { RequestMetrics } from './request-metrics';
import { TokenMetrics } from './token-metrics';

@Module({
  imports: [AccessModule],
  controllers: [MetricsController],
  providers: [TokenMetrics, RequestMetrics, RealtimeMetrics],
})
export class MetricsModule {}
