import type { KisRawFrame, KisRegistrationAnswer } from '../session/upstream';

/** From a process that uses the session of another one. */
export type FollowerMessage =
  | { readonly kind: 'register'; readonly id: number; readonly trId: string; readonly trKey: string }
  | { readonly kind: 'release'; readonly trId: string; readonly trKey: string };

/** From the process that has the session. */
export type OwnerMessage =
  /** It is there, and listens. */
  | { readonly kind: 'alive' }
  /** KIS's session is there: what is wanted may be registered (again). */
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly detail: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: KisRegistrationAnswer }
  | { readonly kind: 'frame'; readonly frame: KisRawFrame };

/** `null` for anything but a message. Only our own processes know the secret of a link, but perhaps they run another version. */
export function readLinkMessage(text: string): FollowerMessage | OwnerMessage | null {
  try {
    const message = JSON.parse(text) as unknown;
    const isMessage = typeof message === 'object' && message !== null && 'kind' in message;
    return isMessage ? (message as FollowerMessage | OwnerMessage) : null;
  } catch {
    return null;
  }
}
