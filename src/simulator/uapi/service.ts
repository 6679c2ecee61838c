import { type Brokerage } from '../brokerage';
import { type Fields, type IncomingCall } from '../message';
import { type Answer } from './answer';

/** A call that the gateway has admitted, for an account that belongs to the caller. */
export interface Inquiry {
  readonly call: IncomingCall;
  readonly trId: string;
  /** Query of a GET, JSON members of a POST. */
  readonly fields: Fields;
  readonly brokerage: Brokerage;
}

/** One service behind the gateway. */
export interface Service {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Transaction ids at each host. */
  readonly trIds: { readonly real: readonly string[]; readonly mock: readonly string[] };
  /** Whether it is about an account, or about the market. */
  readonly forAccount: boolean;
  /** Fields that must be present; they may be empty. */
  readonly required: readonly string[];
  answer(inquiry: Inquiry): Answer;
}
