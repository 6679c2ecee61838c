import { type Brokerage } from '../brokerage';
import { type IncomingCall, jsonObject } from '../message';

/** Where all controls are. */
export const ROOT = '/__sim';

/** One control of the simulator over HTTP. */
export interface Control {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** What it does, for the index. */
  readonly words: string;
  /** @throws BadControlError when the call makes no sense; the message goes to the caller. */
  run(call: IncomingCall, brokerage: Brokerage): object;
}

/** A control that was called wrongly; the message says what is expected. */
export class BadControlError extends Error {
  override readonly name = 'BadControlError';
}

/** The members of the JSON body; none where there is no body. */
export function membersOf(call: IncomingCall): Record<string, unknown> {
  if (call.body.trim() === '') return {};
  const members = jsonObject(call.body);
  if (!members) throw new BadControlError('The body must be a JSON object.');
  return members;
}
