import { KisToken } from '../../src/kis/token/kis-token';
import type { Simulation } from './simulation';

/** The first of the tokens that KIS still accepts, as a file of a Python program has it. */
export function oldestToken({ kis, configuration }: Simulation): KisToken | null {
  const [accessToken] = kis.accepted();
  if (accessToken === undefined) return null;
  const expiresAt = kis.endOf(accessToken);
  return new KisToken({
    accessToken,
    tokenType: 'Bearer',
    issuedAt: expiresAt - kis.rules.lifetimeMs,
    expiresAt,
    refreshAt: expiresAt - configuration.tokenPolicy.bufferMs - configuration.tokenPolicy.refreshLeadMs,
    generation: 0,
    owner: '',
  });
}
