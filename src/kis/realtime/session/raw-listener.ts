import type { RawFrame } from '../frame/frame';
import type { KisRawFrame, KisRegistrationAnswer } from './upstream';

/** One listener of a session, with its registrations. */
export interface KisRawListener {
  /**
   * Registers. KIS sees one registration, however many listeners share it.
   *
   * Resolves with KIS's answer; with `PENDING` when there is no session within ten seconds: it stays registered and is sent
   * to KIS with the next session. A refusal removes it. `OPSP0008` when 41 are registered by all listeners of all
   * processes together, `OPSP0002` when this listener has it already, `SESSION_ENDED` for an HTS id on which KIS has ended
   * the session twice. Never rejects.
   */
  register(trId: string, trKey: string): Promise<KisRegistrationAnswer>;
  /** Releases; at KIS a few seconds later, unless another listener has it. Returns whether this listener had it. */
  release(trId: string, trKey: string): boolean;
  /** Releases everything. No callback is called afterwards. May be called at any time, also from a callback. */
  close(): void;
}

/** Identifies a registration at KIS. */
export interface KisRegistrationKey {
  readonly trId: string;
  readonly trKey: string;
}

/** The callbacks of a listener of a session. They must not block; what they throw is logged and has no other effect. */
export interface KisRawHandlers {
  /** A frame of one of its registrations. */
  frame(frame: KisRawFrame): void;
  /** The session is open and everything is registered, or it is not. `detail` is human-readable. */
  state?(state: 'connected' | 'disconnected', detail: string): void;
  /** Nothing was received for these registrations between these instants (epoch milliseconds). Called before later frames. */
  gap?(from: number, to: number, registrations: readonly KisRegistrationKey[]): void;
  /** KIS refused a registration that had been acknowledged before, or was pending; it is gone. */
  refused?(registration: KisRegistrationKey, answer: KisRegistrationAnswer): void;
}

/** The same for listeners inside the library, which share one parsed frame. */
export interface SessionHandlers extends KisRawHandlers {
  frame(frame: RawFrame): void;
}
