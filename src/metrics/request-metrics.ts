import { Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { REFUSAL_REASONS, RefusedRequests } from '../common/access/refused-requests';

/** Requests refused because of who sent them, for Prometheus. */
@Injectable()
export class RequestMetrics {
  constructor(private readonly refused: RefusedRequests) {}

  register(registry: Registry): void {
    const { refused } = this;
    new Counter({
      name: 'http_requests_refused_total',
      help: 'Requests refused because of their Host, their origin, their API key or the app key of a program.',
      labelNames: ['reason'],
      registers: [registry],
      collect() {
        this.reset();
        for (const reason of REFUSAL_REASONS) this.inc({ reason }, refused.total(reason));
      },
    });
  }
}
