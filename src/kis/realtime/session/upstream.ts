/** The port through which a process receives the data of a session: KIS's websocket, or the process that has the session. */

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
  /** Key of the registration that it belongs to. */
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
  /** KIS does not know the approval key, or does not answer a session that uses it. */
  | 'approval-refused'
  /** Nothing came for 90 s. */
  | 'silent'
  /** The connection could not be made, broke, or was closed. */
  | 'broken'
  /** This process gave it up. */
  | 'ended';

/** The callbacks of an {@link Upstream}. */
export interface UpstreamHandlers {
  /** It accepts registrations: everything needed must be registered now. May be called again after `suspended`. */
  opened(): void;
  /** The process that has the session has lost KIS, and reconnects by itself. */
  suspended(detail: string): void;
  /** A frame without the registration that it belongs to. */
  frame(frame: Omit<KisRawFrame, 'trKey'>): void;
  /** Called exactly once, as the last callback. `detail` is human-readable. */
  lost(loss: UpstreamLoss, detail: string): void;
}

/** A session at KIS: the websocket itself, or a link to the process that has it. */
export interface Upstream {
  /** Resolves with KIS's answer; with `PENDING` when the session ends first. Never rejects. */
  register(trId: string, trKey: string): Promise<KisRegistrationAnswer>;
  release(trId: string, trKey: string): void;
  /** Gives the session up. */
  close(): void;
  /** When anything was last received; epoch milliseconds. */
  readonly heardAt: number;
}

export const PENDING: KisRegistrationAnswer = {
  ok: false,
  code: 'PENDING',
  message: 'There is no session with KIS at the moment; this is registered as soon as there is one.',
};

/** The connection broke before KIS answered this request, which may be the cause, as with a wrong HTS id. */
export const UNANSWERED: KisRegistrationAnswer = { ...PENDING };

/** A key for maps of registrations. */
export function registrationName(trId: string, trKey: string): string {
  return `${trId} ${trKey}`;
}
