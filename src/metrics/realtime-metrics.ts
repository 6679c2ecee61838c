import { Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { KisRealtimeSessions } from '../kis';

/** Counts unreadable realtime frames, for Prometheus. */
@Injectable()
export class RealtimeMetrics {
  constructor(private readonly sessions: KisRealtimeSessions) {}

  register(registry: Registry): void {
    const { sessions } = this;
    new Counter({
      name: 'kis_realtime_unreadable_frames_total',
      help: 'Realtime frames of KIS that could not be read and were skipped.',
      labelNames: ['tr_id'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [trId, count] of sessions.unreadableFrames) this.inc({ tr_id: trId }, count);
      },
    });
  }
}
