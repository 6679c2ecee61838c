/** Where a process gets the data of a session from, as a port: KIS's websocket, or the process that has the session. */

/** What KIS answered to a registration. */
export interface KisRegistrationAnswer {
  readonly ok: boolean;
  /** KIS's code (`msg_cd`); `PENDING`: there is no session now, and it is registered as soon as there is one. */
  readonly code: string;
  /** KIS's words (`msg1`). */
  readonly message: string;
  /** With `OPSP0008`: what the listeners of all processes have registered, which leaves no room. */
  readonly registered?: readonly { readonly trId: string; readonly trKey: string }[];
}

/** A frame of KIS that belongs to a registration; of encrypted notices the clear text. */
export interface KisRawFrame {
  readonly trId: string;
  /** Of the registration that it belongs to. */
  readonly trKey: string;
  /** Records, as the frame says. */
  readonly count: number;
  /** The records, separated by `^`. */
  readonly body: string;
  /** Whether KIS sent it encrypted. */
  readonly encrypted: boolean;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** Why a session ended. */
export type UpstreamLoss =
  /** Another session holds the app key: another program, or one of ours that broke a moment ago. */
  | 'in-use'
  /** KIS does not know the approval key, or does not answer those who use it. */
  | 'approval-refused'
  /** Nothing came for 90 s. */
  | 'silent'
  /** The connection could not be made, broke, or was closed. */
  | 'broken'
  /** This process gave it up. */
  | 'ended';

export interface UpstreamHandlers {
  /** It can take registrations; everything that is wanted is to be registered. May come again, after `suspended`. */
  opened(): void;
  /** It has lost KIS and gets it back by itself: the process that has the session says so. */
  suspended(detail: string): void;
  /** A frame without the registration that it belongs to. */
  frame(frame: Omit<KisRawFrame, 'trKey'>): void;
  /** Exactly once; nothing comes afterwards. `detail` is for people. */
  lost(loss: UpstreamLoss, detail: string): void;
}

/** Where the data of a process come from: KIS's websocket, or the process that has it. */
export interface Upstream {
  /** Resolves with KIS's answer; with `PENDING` when the session ends first. Never rejects. */
  register(trId: string, trKey: string): Promise<KisRegistrationAnswer>;
  release(trId: string, trKey: string): void;
  /** Gives the session up. */
  close(): void;
  /** When anything last came, epoch milliseconds. */
  readonly heardAt: number;
}

export const PENDING: KisRegistrationAnswer = {
  ok: false,
  code: 'PENDING',
  message: 'There is no session with KIS at the moment; this is registered as soon as there is one.',
};

/** The connection broke before KIS answered this request: it may be the cause, as a wrong HTS id is. */
export const UNANSWERED: KisRegistrationAnswer = { ...PENDING };

/** Names a registration. */
export function registrationName(trId: string, trKey: string): string {
  return `${trId} ${trKey}`;
}
