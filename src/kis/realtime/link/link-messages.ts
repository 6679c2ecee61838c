import type { KisRawFrame, KisRegistrationAnswer } from '../session/upstream';

/** A message from a process that uses the session of another one (a follower). */
export type FollowerMessage =
  | { readonly kind: 'register'; readonly id: number; readonly trId: string; readonly trKey: string }
  | { readonly kind: 'release'; readonly trId: string; readonly trKey: string };

/** A message from the process that has the session (the owner). */
export type OwnerMessage =
  /** The owner is running. */
  | { readonly kind: 'alive' }
  /** The session with KIS is open: registrations may be sent, those of before again. */
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly detail: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: KisRegistrationAnswer }
  | { readonly kind: 'frame'; readonly frame: KisRawFrame };

/** `null` for anything else. Only our own processes know the secret of a link, but they may run another version. */
export function readLinkMessage(text: string): FollowerMessage | OwnerMessage | null {
  try {
    const message = JSON.parse(text) as unknown;
    const isMessage = typeof message === 'object' && message !== null && 'kind' in message;
    return isMessage ? (message as FollowerMessage | OwnerMessage) : null;
  } catch {
    return null;
  }
}
