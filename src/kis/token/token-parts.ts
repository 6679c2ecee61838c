import type { KisAuthClient } from '../auth/kis-auth.client';
import type { KisClock, KisRandom } from '../clock';
import type { KisTokenEvents } from '../kis.events';
import type { KisTokenPolicy } from '../kis.options';
import type { KisTokenStore } from './kis-token.store';

/** What all rules about tokens work with. */
export interface TokenParts {
  readonly policy: KisTokenPolicy;
  readonly store: KisTokenStore;
  readonly auth: KisAuthClient;
  readonly events: KisTokenEvents;
  readonly clock: KisClock;
  readonly random: KisRandom;
}
