import { type Customers } from '../oauth/customers';
import { ownsHtsId } from '../oauth/customers';
import { type Random, hexDigits } from '../random';
import { type Approvals } from './approvals';
import { type Channel, channelOf, isKeyWellFormed, isNotices } from './channels';
import { type RealtimeSettings } from './realtime-settings';
import { type RealtimeSession } from './session';
import { type SocketCode, type Subject, acknowledgement, refusal } from './socket-messages';
import { type SocketRequest, readRequest } from './socket-request';

/** Decides whether a session is allowed: the hub knows the others. */
type Claim = (appKey: string, session: RealtimeSession) => boolean;

export interface RegistrarOptions {
  readonly settings: Readonly<RealtimeSettings>;
  readonly customers: Customers;
  readonly approvals: Approvals;
  readonly random: Random;
  readonly claim: Claim;
}

/** Answers the requests of sessions: registers and releases. */
export class Registrar {
  constructor(private readonly options: RegistrarOptions) {}

  /** The answer to a request; null for none. */
  answer(session: RealtimeSession, text: string, now: number): string | null {
    const request = readRequest(text);
    if (typeof request === 'string') return refusal(request);
    const stranger = this.strangerOf(session, request, now);
    if (stranger !== null) return stranger === '' ? null : stranger;
    const channel = this.channelOf(session, request);
    if (typeof channel === 'string') return refusal(channel, request);
    return request.isRelease
      ? release(session, channel, request)
      : this.register(session, channel, request, now);
  }

  /** The refusal of a session that may not make requests; empty where it gets no response. */
  private strangerOf(session: RealtimeSession, request: SocketRequest, now: number): string | null {
    const { approvals, customers, settings, claim } = this.options;
    const appKey = approvals.appKeyOf(request.approvalKey, now);
    if (appKey === null) return settings.unknownApproval === 'silent' ? '' : refusal('OPSP0011', request);
    if (customers.find(appKey)?.home !== session.host) return refusal('OPSP9994', request);
    if (session.appKey !== null) return session.appKey === appKey ? null : refusal('OPSP9994', request);
    if (session.isRefused || !claim(appKey, session)) return refusal('OPSP8996');
    session.appKey = appKey;
    return null;
  }

  private channelOf(session: RealtimeSession, { trId, trKey }: Subject): Channel | SocketCode {
    const channel = channelOf(trId, session.host);
    const isGone = channel?.topic === 'retired' && this.options.settings.retiredChannels === 'refused';
    if (!channel || isGone) return 'OPSP8991';
    return isKeyWellFormed(channel, trKey) ? channel : 'OPSP8992';
  }

  private register(session: RealtimeSession, channel: Channel, subject: Subject, now: number): string | null {
    const { settings, customers, random } = this.options;
    const name = nameOf(subject);
    if (session.registrations.has(name)) return refusal('OPSP0002', subject);
    if (session.registrations.size >= settings.maxRegistrations) return refusal('OPSP0008', subject);
    const customer = session.appKey === null ? undefined : customers.find(session.appKey);
    if (isNotices(channel) && (!customer || !ownsHtsId(customer, subject.trKey))) {
      // A wrong HTS id ends the session without a message (open-trading-api, README).
      session.socket.terminate();
      return null;
    }
    const cipher = { key: hexDigits(random, 32), iv: hexDigits(random, 16) };
    session.registrations.set(name, { channel, key: subject.trKey, cipher, sentUpTo: now });
    return acknowledgement('OPSP0000', subject, isNotices(channel) ? settings.noticeAckEncrypt : 'N', cipher);
  }
}

function release(session: RealtimeSession, channel: Channel, subject: Subject): string {
  const name = nameOf(subject);
  const registration = session.registrations.get(name);
  if (!registration) return refusal('OPSP0003', subject);
  session.registrations.delete(name);
  return acknowledgement('OPSP0001', subject, isNotices(channel) ? 'Y' : 'N', registration.cipher);
}

function nameOf({ trId, trKey }: Subject): string {
  return `${trId} ${trKey}`;
}
