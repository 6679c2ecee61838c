import { AccountLogger } from '../../account-logger';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { ConnectionHandlers, ConnectionPorts } from './connection-ports';
import { RENEW_EVERY_MS, type SessionClaim } from '../claim/session-claim-rules';
import type { SessionClaims } from '../claim/session-claims';
import type { Upstream, UpstreamHandlers, UpstreamLoss } from './upstream';

/**
 * Opens and keeps the one session of a credential while it is needed: takes the claim and connects to KIS, or connects to the
 * process that has the claim. Reconnects after a loss, with growing pauses that apply to all processes together.
 */
export class SessionConnection {
  private readonly logger = new AccountLogger('Realtime');
  private readonly closing = new AbortController();
  private wanted = false;
  private running: Promise<void> | null = null;
  private current: Upstream | null = null;
  private refusedKey: string | null = null;
  /** An owner that cannot be reached: it has ended, or given up the session. */
  private dead = '';
  private reported = '';

  constructor(
    private readonly credential: KisCredential,
    private readonly claims: SessionClaims,
    private readonly ports: ConnectionPorts,
    private readonly handlers: ConnectionHandlers,
    private readonly clock: KisClock,
  ) {}

  want(): void {
    this.wanted = true;
    if (this.closing.signal.aborted) return;
    this.running ??= this.run().finally(() => {
      this.running = null;
      // Needed again while the last session was being given up.
      if (this.wanted) this.want();
    });
  }

  /** Gives up session and claim. */
  unwant(): void {
    this.wanted = false;
    this.current?.close();
  }

  /** Resolves when other processes can take the session. */
  async close(): Promise<void> {
    this.closing.abort();
    this.unwant();
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.wanted && !this.closing.signal.aborted) {
      await this.connectOnce().catch(async (error: unknown) => {
        if (!this.closing.signal.aborted) await this.fail(error);
      });
    }
    await this.claims.release().catch(() => undefined);
    this.ports.dismiss();
  }

  private async connectOnce(): Promise<void> {
    const other = await this.claims.take(await this.ports.listen(), this.dead);
    this.dead = '';
    if (other) await this.follow(other);
    else await this.own();
  }

  /** Uses the session of another process as long as it lasts. */
  private async follow({ owner, link }: SessionClaim): Promise<void> {
    this.ports.dismiss();
    if (link === null) {
      await this.pause(LOOK_AGAIN_MS);
      return;
    }
    const { loss, opened } = await this.use((handlers) => this.ports.join(link, handlers));
    if (loss === 'broken') this.dead = owner;
    if (!opened) await this.pause(LOOK_AGAIN_MS / 10);
  }

  /** Connects to KIS under the claim as soon as another attempt is allowed. */
  private async own(): Promise<void> {
    const ending = new AbortController();
    const renewing = this.keepClaim(ending.signal);
    try {
      const key = await this.ports.approvalKey(this.refusedKey);
      const begun = await this.claims.beginAttempt();
      if (typeof begun === 'number') await this.pause(Math.min(begun, RENEW_EVERY_MS));
      if (begun === 'begun') await this.connect(key);
    } finally {
      ending.abort();
      await renewing;
    }
  }

  private async connect(key: string): Promise<void> {
    const cancel = this.clock.background(LASTING_MS, () => {
      this.reported = '';
      this.claims.settle().catch(() => undefined);
    });
    const { loss, detail } = await this.use((handlers) => this.ports.connect(key, handlers));
    cancel();
    this.refusedKey = loss === 'approval-refused' ? key : null;
    if (loss !== 'ended' || this.wanted) this.report(explained(loss, detail));
  }

  /** Resolves when the session is over. */
  private use(begin: (handlers: UpstreamHandlers) => Upstream): Promise<Ending> {
    return new Promise((resolve) => {
      let opened = false;
      const upstream = begin({
        opened: () => {
          opened = true;
          this.handlers.opened(upstream);
        },
        suspended: (detail) => {
          this.handlers.lost(detail);
        },
        frame: this.handlers.frame,
        lost: (loss, detail) => {
          this.current = null;
          if (loss !== 'ended' || this.wanted) this.handlers.lost(explained(loss, detail));
          resolve({ loss, detail, opened });
        },
      });
      this.current = upstream;
      if (!this.wanted) upstream.close();
    });
  }

  /** Renews the claim until `signal` aborts; gives up the session when another process has taken the claim. */
  private async keepClaim(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.pause(RENEW_EVERY_MS, signal);
      if (signal.aborted) return;
      // While the store fails, no other process can take the claim either.
      if (await this.claims.renew().catch(() => true)) continue;
      this.current?.close();
      return;
    }
  }

  private async fail(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    this.report(reason);
    this.handlers.lost(reason);
    await this.pause(LOOK_AGAIN_MS);
  }

  /** Logs a cause once while it stays the same. */
  private report(reason: string): void {
    if (reason === this.reported) return;
    this.reported = reason;
    this.logger.warn(this.credential, `No realtime session: ${reason}`);
  }

  /** Resolves early when `signal` aborts. Does not keep the process alive; whatever waits for data does. */
  private pause(pauseMs: number, signal: AbortSignal = this.closing.signal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.clock.background(pauseMs, end);
      signal.addEventListener('abort', end);
    });
  }
}

interface Ending {
  readonly loss: UpstreamLoss;
  readonly detail: string;
  readonly opened: boolean;
}

/** A session that lasts longer ends a series of failures. */
const LASTING_MS = 60_000;
/** Pause before the claim is read again when its owner cannot be reached or the store fails. */
const LOOK_AGAIN_MS = 1000;

function explained(loss: UpstreamLoss, detail: string): string {
  switch (loss) {
    case 'in-use':
      return `${detail}. Another program has the session of this app key, or KIS has not noticed yet that an earlier one ended. Stop the other program; the connection is retried with growing pauses.`;
    case 'approval-refused':
      return `${detail}. A new approval key is requested before the next attempt.`;
    case 'ended':
      return 'another process has taken the session over.';
    default:
      return `${detail}. The connection is retried.`;
  }
}
