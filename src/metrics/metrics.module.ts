import { Module } from '@nestjs/common';
import { MetricsController } from './metrics.controller';
import { TokenMetrics } from './token-metrics';

@Module({ controllers: [MetricsController], providers: [TokenMetrics] })
export class MetricsModule {}
