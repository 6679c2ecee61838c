import type { ClaimRequest, ClaimSettlement } from '../../../src/kis/token/claim-rules';
import type { KisToken } from '../../../src/kis/token/kis-token';
import { MemoryKisTokenStore } from '../../../src/kis/token/memory-kis-token.store';
import { ReplicatedTokenStore } from '../../../src/kis/token/replicated-token.store';
import { ManualKisClock } from '../../../src/kis/testing/manual-clock';
import { sampleCredential, sampleToken } from '../../../src/kis/testing/sample-tokens';
import { FlakyKisTokenStore } from './flaky-store';

export const SUCCESS: ClaimSettlement = { cooldownMs: 61_000, failure: null };

/** Two machines with a store that they share, and with one each of their own. */
export class ReplicatedMachines {
  readonly credential = sampleCredential();
  readonly clock = new ManualKisClock();
  readonly shared = new FlakyKisTokenStore(this.clock);
  readonly local = new FlakyKisTokenStore(this.clock);
  readonly store = new ReplicatedTokenStore(this.shared, this.local, this.clock);
  /** Of the other machine. */
  readonly otherLocal = new MemoryKisTokenStore(this.clock);
  readonly other = new ReplicatedTokenStore(this.shared, this.otherLocal, this.clock);

  readonly token = (generation: number): KisToken => sampleToken(this.credential, { generation });

  readonly request = (change: Partial<ClaimRequest> = {}): ClaimRequest => ({
    owner: 'owner',
    holdMs: 81_000,
    above: 0,
    at: this.clock.now(),
    replaces: false,
    ...change,
  });

  readonly generationIn = async (
    place: ReplicatedTokenStore | MemoryKisTokenStore,
  ): Promise<number | undefined> => (await place.read(this.credential)).token?.generation;

  /** A whole issue: claim, save, settle. */
  readonly issued = async (by: ReplicatedTokenStore, generation: number): Promise<void> => {
    const { claim } = await by.claim(this.credential, this.request({ above: generation - 1 }));
    await by.save(this.credential, this.token(generation));
    await by.settle(this.credential, claim, SUCCESS);
  };
}
