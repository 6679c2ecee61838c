import { Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { REFUSAL_REASONS, RefusedRequests } from '../common/access/refused-requests';

/** Requests refused before they reached a route, for Prometheus. */
@Injectable()
export class RequestMetrics {
  constructor(private readonly refused: RefusedRequests) {}

  register(registry: Registry): void {
    const { refused } = this;
    new Counter({
      name: 'http_requests_refused_total',
      help: 'Requests refused because of their Host, their origin or their API key.',
      labelNames: ['reason'],
      registers: [registry],
      collect() {
        this.reset();
        for (const reason of REFUSAL_REASONS) this.inc({ reason }, refused.total(reason));
      },
    });
  }
}
