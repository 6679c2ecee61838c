import { jsonObject, textOf } from '../message';
import { type SocketCode, type Subject } from './socket-messages';

/** A request of a client on the websocket. */
export interface SocketRequest extends Subject {
  readonly approvalKey: string;
  readonly isRelease: boolean;
}

const REGISTER = '1';
const RELEASE = '2';

/** Reads a request; a code where it cannot be understood. */
export function readRequest(text: string): SocketRequest | SocketCode {
  const message = jsonObject(text);
  if (!message) return 'OPSP9999';
  const header = recordOf(message['header']);
  if (!header) return 'OPSP9998';
  const body = recordOf(message['body']);
  if (!body) return 'OPSP9992';
  const input = recordOf(body['input']);
  if (!input) return 'OPSP9991';
  return (
    headerProblem(header) ?? {
      approvalKey: textOf(header['approval_key']),
      isRelease: textOf(header['tr_type']) === RELEASE,
      trId: textOf(input['tr_id']),
      trKey: textOf(input['tr_key']),
    }
  );
}

function headerProblem(header: Record<string, unknown>): SocketCode | null {
  if (textOf(header['approval_key']) === '') return 'OPSP9996';
  const customer = textOf(header['custtype']);
  if (customer === '') return 'OPSP9997';
  if (customer !== 'P' && customer !== 'B') return 'OPSP8998';
  const type = textOf(header['tr_type']);
  return type === REGISTER || type === RELEASE ? null : 'OPSP8997';
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}
