import type { KisCredential } from '../../kis-credential';
import type { LinkTransport } from '../link/link-transport';

/**
 * Where the processes that share tokens share approval keys and the claim of the one realtime session, as a port. Every
 * method may be called concurrently, from any number of processes, and rejects with KisTokenStoreError when the store
 * cannot be read or written. What is kept here is worthless after a day, so nothing is forced to the disk.
 */
export abstract class RealtimeStore {
  /**
   * Changes a record as one step among all processes: of all that have read the same, one changes it.
   * @param decide gets the text of the record (`null`: there is none) and the time by the clock of the store, in
   *   milliseconds; it may be called again with a newer record, and only the last answer counts.
   */
  abstract update<T>(
    credential: KisCredential,
    record: RealtimeRecord,
    decide: (text: string | null, now: number) => RealtimeChange<T>,
  ): Promise<T>;

  /** How the processes that share it reach each other, about one credential. */
  abstract links(credential: KisCredential): LinkTransport;
}

/** What is kept for a credential: its approval key, or the claim of its session. */
export type RealtimeRecord = 'approval' | 'session';

/** How a record is to change, and what the caller of the change gets; `next` is `null` when it is to stay as it is. */
export interface RealtimeChange<T> {
  readonly answer: T;
  readonly next: string | null;
}
