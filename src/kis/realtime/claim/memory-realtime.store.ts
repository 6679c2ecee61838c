import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { LinkTransport } from '../link/link-transport';
import { RealtimeStore, type RealtimeChange, type RealtimeRecord } from './realtime-store';

/** Records in the memory of one process: no other process shares them, so its session has no followers. */
export class MemoryRealtimeStore extends RealtimeStore {
  private readonly records = new Map<string, string>();

  constructor(private readonly clock: KisClock) {
    super();
  }

  /** Links that lead nowhere, because no other process knows this store. */
  links(): LinkTransport {
    return {
      listen: () => Promise.resolve(null),
      connect: () => ({ send: () => undefined, close: () => undefined }),
      close: () => undefined,
    };
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
