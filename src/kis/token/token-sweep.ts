import { KisTokenCooldownError } from '../kis.errors';
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
    const { keeper } = this;
    const before = keeper.current?.token.fingerprint;
    const stored = await keeper.lookUp();
    const { current } = keeper;
    const adopted = current !== null && current.token.fingerprint !== before;
    const deleted = current !== null && stored !== null && keeper.parts.vault.wasDeleted(current.token, stored);
    if (!deleted) await this.saveAgain(stored);
    if (keeper.zone() === 'fresh' && !deleted) return adopted ? 'adopted' : 'not-due';
    if (keeper.quiet) return 'waiting';
    try {
      return (await keeper.renew()).outcome;
    } catch (error) {
      return error instanceof KisTokenCooldownError ? 'waiting' : 'failed';
    }
  }

  /** A token that could not be saved, or whose file was damaged, is saved as soon as that is possible. */
  private async saveAgain(stored: StoredToken | null): Promise<void> {
    const token = this.keeper.usable();
    const lost = stored !== null && stored.token === null && stored.absence !== 'foreign';
    if (token && lost) await this.keeper.parts.vault.save(token);
  }
}
