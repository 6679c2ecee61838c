import { type RealtimeSettings } from './realtime-settings';
import { type RealtimeSession } from './session';

/** Enforces one session for each app key. Where the behaviour of KIS is uncertain, a setting decides. */
export class SessionClaims {
  private readonly holders = new Map<string, RealtimeSession>();
  /** App keys that a dead connection still blocks, and until when. */
  private readonly ghosts = new Map<string, number>();

  constructor(
    private readonly settings: Readonly<RealtimeSettings>,
    private readonly now: () => number,
  ) {}

  /** Whether the session may have the app key; it then has it. */
  take(appKey: string, session: RealtimeSession): boolean {
    if ((this.ghosts.get(appKey) ?? 0) > this.now()) return false;
    const holder = this.holders.get(appKey);
    if (holder && this.settings.secondSession === 'refused') return false;
    this.holders.set(appKey, session);
    this.ghosts.delete(appKey);
    holder?.socket.close(1000, '');
    return true;
  }

  /** The session is over; a connection that broke can leave a ghost. */
  leave(session: RealtimeSession, isClean: boolean): void {
    const { appKey } = session;
    if (appKey === null || this.holders.get(appKey) !== session) return;
    this.holders.delete(appKey);
    if (!isClean) this.haunt(appKey, this.settings.ghostSeconds);
  }

  /** Blocks an app key as a dead session would. */
  haunt(appKey: string, seconds: number): void {
    this.ghosts.set(appKey, this.now() + seconds * 1000);
  }

  clear(): void {
    this.holders.clear();
    this.ghosts.clear();
  }
}
