import type { TokenState } from './token-state';

/**
 * Looks into the store when that announces a new token. However many announcements come during one look, one more look
 * answers them all.
 */
export class TokenNews {
  private readonly looks = new Map<TokenState, Promise<void>>();
  private readonly announced = new Set<TokenState>();

  /** @param lookUp must not reject. */
  constructor(private readonly lookUp: (state: TokenState) => Promise<unknown>) {}

  hear(state: TokenState): void {
    this.announced.add(state);
    if (!this.looks.has(state)) this.looks.set(state, this.look(state));
  }

  /** Waits for the looks that are under way. */
  async settled(): Promise<void> {
    await Promise.all(this.looks.values());
  }

  private async look(state: TokenState): Promise<void> {
    while (this.announced.delete(state)) await this.lookUp(state);
    this.looks.delete(state);
  }
}
