import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { RealtimeStore, type RealtimeChange, type RealtimeRecord } from './realtime-store';

/** Shared with nobody. */
export class MemoryRealtimeStore extends RealtimeStore {
  readonly shared = false;
  private readonly records = new Map<string, string>();

  constructor(private readonly clock: KisClock) {
    super();
  }

  update<T>(
    { id }: KisCredential,
    record: RealtimeRecord,
    decide: (text: string | null, now: number) => RealtimeChange<T>,
  ): Promise<T> {
    const name = `${record}/${id}`;
    const { answer, next } = decide(this.records.get(name) ?? null, this.clock.monotonic());
    if (next !== null) this.records.set(name, next);
    return Promise.resolve(answer);
  }
}
