import type { KisCredential } from '../../kis-credential';
import type { LinkTransport } from '../link/link-transport';

/**
 * The port through which processes that share tokens share approval keys and the claim of the one realtime session. Every
 * method may be called concurrently, from any number of processes, and rejects with KisTokenStoreError when the store
 * cannot be read or written. Its records are useless after a day, so nothing is forced to the disk.
 */
export abstract class RealtimeStore {
  /**
   * Changes a record atomically among all processes.
   * @param decide gets the text of the record (`null`: there is none) and the time by the clock of the store, in
   *   milliseconds. It may be called again with a newer record; only its last answer counts.
   */
  abstract update<T>(
    credential: KisCredential,
    record: RealtimeRecord,
    decide: (text: string | null, now: number) => RealtimeChange<T>,
  ): Promise<T>;

  /** How the processes that share the store reach each other, for one credential. */
  abstract links(credential: KisCredential): LinkTransport;
}

/** What is kept for a credential: its approval key, or the claim of its session. */
export type RealtimeRecord = 'approval' | 'session';

/** The result of the change for its caller, and the next text of the record; `null` leaves it as it is. */
export interface RealtimeChange<T> {
  readonly answer: T;
  readonly next: string | null;
}
