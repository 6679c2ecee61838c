import { LONGEST_TIMER_MS } from '../clock';
import { KisTokenStoreError } from '../kis.errors';
import { REPLACEMENT_SPACING_MS } from './backoff';
import type { ClaimGate } from './claim-gate';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { inLanes } from './lanes';
import type { TokenInHand } from './token-in-hand';
import type { TokenKeeper } from './token-keeper';
import type { TokenParts } from './token-parts';
import type { TokenState } from './token-state';
import type { TokenVault } from './token-vault';

/** What a sweep did for one token. */
export type SweepOutcome = 'not-due' | 'waiting' | 'adopted' | 'refreshed' | 'unchanged' | 'failed';

/** A look at one token that leaves nothing to do, or what is to be done. */
type Finding = 'not-due' | 'adopted' | 'waiting' | 'due' | 'deleted';

/** All tokens have been looked at; renewals may still be under way. */
interface Round {
  /** In the order of the tokens. */
  readonly outcomes: SweepOutcome[];
  readonly renewals: Promise<void>[];
}

/**
 * Asks again and again whether anything is to be done for a token. The store is asked first, so a token that another
 * process stored is used within one sweep, and a token that a person deleted is replaced. Nothing is predicted, so
 * suspended hours and clock steps cannot make it late.
 */
export class TokenSweep {
  private round: Promise<Round> | null = null;

  constructor(
    private readonly parts: TokenParts,
    private readonly vault: TokenVault,
    private readonly hand: TokenInHand,
    private readonly gate: ClaimGate,
    private readonly keeper: TokenKeeper,
  ) {}

  /** One sweep over all tokens; a look that still goes on is joined. Never rejects. */
  async run(states: readonly TokenState[]): Promise<readonly SweepOutcome[]> {
    this.round ??= this.lookAt(states).finally(() => {
      this.round = null;
    });
    const { outcomes, renewals } = await this.round;
    await Promise.all(renewals);
    return outcomes;
  }

  /** A renewal takes as long as KIS does, and holds up no look at another token. */
  private async lookAt(states: readonly TokenState[]): Promise<Round> {
    const round: Round = { outcomes: [], renewals: [] };
    await inLanes(states, async (state, index) => {
      const finding = await this.look(state);
      if (finding !== 'due' && finding !== 'deleted') {
        round.outcomes[index] = finding;
        return;
      }
      const renewal = this.renew(state, finding === 'deleted').then((outcome) => {
        round.outcomes[index] = outcome;
      });
      round.renewals.push(renewal);
    });
    return round;
  }

  private async look(state: TokenState): Promise<Finding> {
    this.gate.forgetSpent(state);
    const before = state.held?.token.fingerprint;
    const stored = await this.keeper.lookUp(state);
    const token = state.held?.token;
    if (stored && token && this.wasDeleted(state, token, stored)) return this.unlessQuiet(state, 'deleted');
    if (token && stored && isToBeSaved(state, token, stored)) await this.saveAgain(state);
    if (this.hand.zone(state) !== 'fresh') return this.unlessQuiet(state, 'due');
    return token?.fingerprint === before ? 'not-due' : 'adopted';
  }

  private unlessQuiet(state: TokenState, finding: Finding): Finding {
    if (!this.keeper.isQuiet(state)) return finding;
    this.planRetry(state);
    return 'waiting';
  }

  /** A request that never left costs nothing: the next one need not wait for the next sweep. */
  private planRetry(state: TokenState): void {
    const { clock } = this.parts;
    const { failed } = state;
    if (!failed?.error.unsent || state.retryPlanned || this.keeper.isClosed) return;
    state.retryPlanned = true;
    const waitMs = Math.max(1, failed.quietUntil - clock.monotonic());
    clock.background(Math.min(waitMs, LONGEST_TIMER_MS), () => {
      state.retryPlanned = false;
      void this.lookAt([state]);
    });
  }

  private async renew(state: TokenState, deleted: boolean): Promise<SweepOutcome> {
    try {
      const { outcome, token } = await this.keeper.renew(state);
      if (deleted) state.restored = { fingerprint: token.fingerprint, at: this.parts.clock.monotonic() };
      return outcome;
    } catch (error) {
      this.planRetry(state);
      return state.asked || error instanceof KisTokenStoreError ? 'failed' : 'waiting';
    }
  }

  /** A place that loses the same token again and again is no person who wants a new one. */
  private wasDeleted(state: TokenState, token: KisToken, stored: StoredToken): boolean {
    if (!this.vault.wasDeleted(state, token, stored)) return false;
    if (state.restored?.fingerprint !== token.fingerprint) return true;
    return this.parts.clock.monotonic() - state.restored.at >= REPLACEMENT_SPACING_MS;
  }

  private async saveAgain(state: TokenState): Promise<void> {
    const token = this.hand.usable(state);
    if (token) await this.vault.save(state, token);
  }
}

/** A token that is not stored as it should be, or whose file was damaged, is saved as soon as that is possible. */
function isToBeSaved({ degraded }: TokenState, { generation }: KisToken, stored: StoredToken): boolean {
  if (stored.absence === 'foreign' || stored.absence === 'sealed') return false;
  return stored.token === null || stored.token.generation < generation || degraded !== null;
}
