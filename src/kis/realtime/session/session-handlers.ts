import type { RawFrame } from '../frame/frame';
import type { KisRawFrame, KisRegistrationAnswer } from './upstream';

/** Names a registration to KIS. */
export interface KisRegistrationKey {
  readonly trId: string;
  readonly trKey: string;
}

/** What a listener of a session is told. None of it may block; what it throws is logged and changes nothing. */
export interface KisRawHandlers {
  /** A frame of one of its registrations. */
  frame(frame: KisRawFrame): void;
  /** The session is there (everything is registered) or not. `detail` is for people. */
  state?(state: 'connected' | 'disconnected', detail: string): void;
  /** Between these instants (epoch milliseconds) nothing was received for these registrations. Comes before later frames. */
  gap?(from: number, to: number, registrations: readonly KisRegistrationKey[]): void;
  /** KIS refused a registration that had been acknowledged before, or was pending; it is gone. */
  refused?(registration: KisRegistrationKey, answer: KisRegistrationAnswer): void;
}

/** The same for listeners inside the library, which may share the reading of a frame. */
export interface SessionHandlers extends KisRawHandlers {
  frame(frame: RawFrame): void;
}

/** One listener of a session, with its registrations. */
export interface KisRawListener {
  /**
   * Registers. KIS sees one registration, however many listeners have it.
   *
   * Resolves with KIS's answer; with `PENDING` when there is no session within ten seconds: it stays registered and is sent
   * to KIS with the next session. A refusal removes it. `OPSP0008` when 41 are registered by all listeners of all
   * processes together, `OPSP0002` when this listener has it already, `SESSION_ENDED` for an HTS id on which KIS has ended
   * the session twice. Never rejects.
   */
  register(trId: string, trKey: string): Promise<KisRegistrationAnswer>;
  /** Releases; at KIS a few seconds later, if nobody else has it. Returns whether it was registered by this listener. */
  release(trId: string, trKey: string): boolean;
  /** Releases everything. Nothing is told afterwards. May be called at any time, also by a handler. */
  close(): void;
}
