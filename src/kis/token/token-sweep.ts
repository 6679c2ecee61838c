import { KisTokenCooldownError } from '../kis.errors';
import { REPLACEMENT_SPACING_MS } from './backoff';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import type { TokenKeeper } from './token-keeper';

/** What a sweep did for one token. */
export type SweepOutcome = 'not-due' | 'waiting' | 'adopted' | 'refreshed' | 'unchanged' | 'failed';

/**
 * Asks again and again whether anything is to be done for one token. The store is asked first, so a token that
 * another process stored is used within one sweep, and a token that a person deleted is replaced. Nothing is
 * predicted, so suspended hours and clock steps cannot make it late.
 */
export class TokenSweep {
  private running: Promise<SweepOutcome> | null = null;
  /** The token that was last replaced because it had been deleted, and when; monotonic milliseconds. */
  private deleted: { readonly fingerprint: string; readonly at: number } | null = null;

  constructor(
    /** The account by which the credential is named in reports. */
    readonly alias: string,
    private readonly keeper: TokenKeeper,
  ) {}

  /** One sweep; one that still runs is joined. Never rejects. */
  run(): Promise<SweepOutcome> {
    this.running ??= this.look().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async look(): Promise<SweepOutcome> {
    const { hand } = this.keeper;
    const before = hand.current?.token.fingerprint;
    const stored = await this.keeper.lookUp();
    const { current } = hand;
    const adopted = current !== null && current.token.fingerprint !== before;
    const deleted = stored !== null && current !== null && this.wasDeleted(current.token, stored);
    if (stored && !deleted) await this.saveAgain(stored);
    if (hand.zone === 'fresh' && !deleted) return adopted ? 'adopted' : 'not-due';
    if (this.keeper.quiet) return 'waiting';
    try {
      const { outcome, token } = await this.keeper.renew();
      if (deleted) this.deleted = { fingerprint: token.fingerprint, at: this.keeper.parts.clock.monotonic() };
      return outcome;
    } catch (error) {
      return error instanceof KisTokenCooldownError ? 'waiting' : 'failed';
    }
  }

  /** A place that loses the same token again and again is no person who wants a new one. */
  private wasDeleted(token: KisToken, stored: StoredToken): boolean {
    const { clock, vault } = this.keeper.parts;
    if (!vault.wasDeleted(token, stored)) return false;
    if (this.deleted?.fingerprint !== token.fingerprint) return true;
    return clock.monotonic() - this.deleted.at >= REPLACEMENT_SPACING_MS;
  }

  /** A token that is not stored as it should be, or whose file was damaged, is saved as soon as that is possible. */
  private async saveAgain(stored: StoredToken): Promise<void> {
    const { vault } = this.keeper.parts;
    const token = this.keeper.hand.usable;
    if (!token || stored.absence === 'foreign' || stored.absence === 'sealed') return;
    const older = stored.token !== null && stored.token.generation < token.generation;
    if (stored.token === null || older || vault.degraded !== null) await vault.save(token);
  }
}
