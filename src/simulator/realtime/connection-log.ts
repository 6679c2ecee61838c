import { type KisHost } from '../message';
import { type RealtimeSession } from './session';

/** What happened on a websocket: shows clients that connect or register in loops. */
export interface ConnectionEvent {
  readonly at: number;
  readonly session: number;
  readonly host: KisHost;
  readonly kind: 'opened' | 'closed' | 'broken' | 'registered' | 'released' | 'refused';
  readonly appKey: string | null;
  /** "H0STCNT0 005930", or the code of a refusal. */
  readonly detail: string;
}

const CAPACITY = 10_000;

/** Connections and requests, oldest first. The oldest of many are forgotten. */
export class ConnectionLog {
  private readonly entries: ConnectionEvent[] = [];

  get all(): readonly ConnectionEvent[] {
    return this.entries;
  }

  opened(session: RealtimeSession, at: number): void {
    this.add(session, at, 'opened', '');
  }

  closed(session: RealtimeSession, at: number, isClean: boolean): void {
    this.add(session, at, isClean ? 'closed' : 'broken', '');
  }

  requested(session: RealtimeSession, request: string, answer: string | null, at: number): void {
    const code = /"msg_cd":"(\w+)"/.exec(answer ?? '')?.[1] ?? '';
    const [trId, trKey] = ['tr_id', 'tr_key'].map(
      (name) => new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(request)?.[1] ?? '',
    );
    const subject = `${trId ?? ''} ${trKey ?? ''}`;
    if (code === 'OPSP0000') this.add(session, at, 'registered', subject);
    else if (code === 'OPSP0001') this.add(session, at, 'released', subject);
    else this.add(session, at, 'refused', code);
  }

  clear(): void {
    this.entries.length = 0;
  }

  private add(session: RealtimeSession, at: number, kind: ConnectionEvent['kind'], detail: string): void {
    const { number, host, appKey } = session;
    this.entries.push({ at, session: number, host, kind, appKey, detail });
    if (this.entries.length > CAPACITY) this.entries.splice(0, CAPACITY / 10);
  }
}
