import { ConfigError } from '../../src/config/config.error';
import type { Environment } from '../../src/config/environment';
import { loadConfig } from '../../src/config/load-config';

export const KEY = 'PSabcdefghij0123456789ABCDEFGHIJ0123';
export const SECRET = 'Zx9+'.repeat(45);
export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

/** Settings of a user with an account. */
export const MINE: Environment = {
  KIS_APP_KEY: KEY,
  KIS_APP_SECRET: SECRET,
  KIS_ACCOUNT_NUMBER: '50112345',
};

export const SIMULATED: Environment = { KIS_SIMULATOR: 'true' };

/** What is wrong with these settings. */
export function problemsOf(variables: Environment): readonly string[] {
  try {
    loadConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
