import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '../common/api-description';
import { Registry } from 'prom-client';
import { RealtimeMetrics } from './realtime-metrics';
import { RequestMetrics } from './request-metrics';
import { TokenMetrics } from './token-metrics';

@ApiTags('operation')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: TokenMetrics,
    requests: RequestMetrics,
    realtime: RealtimeMetrics,
  ) {
    requests.register(metrics.registry);
    realtime.register(metrics.registry);
  }

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @ApiOperation({ summary: 'Prometheus metrics' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' }, description: 'Prometheus text format.' })
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
