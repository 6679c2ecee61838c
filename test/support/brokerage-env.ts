import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Simulator } from '../../src/simulator';

/** The variables that make a simulator of the test's own look like the brokerage, with the simulator's demo account. */
export function brokerageEnv(
  simulator: Simulator,
  mode: 'MOCK' | 'REAL',
  tokenDir?: string,
): Record<string, string> {
  const { appKey, appSecret, accountNumber, accountCode } = simulator.demo[mode === 'MOCK' ? 'mock' : 'real'];
  return {
    KIS_TRADING_MODE: mode,
    KIS_APP_KEY: appKey,
    KIS_APP_SECRET: appSecret,
    KIS_ACCOUNT_NUMBER: accountNumber,
    KIS_ACCOUNT_CODE: accountCode,
    KIS_BASE_URL: (mode === 'MOCK' ? simulator.mockUrl : simulator.realUrl) ?? '',
    KIS_REQUESTS_PER_SECOND: '500',
    ...(tokenDir === undefined ? {} : { KIS_TOKEN_DIR: tokenDir, KIS_STATE_DIR: join(tokenDir, 'state') }),
  };
}

/** A key pair that has not been used yet, in the form in which KIS issues them. */
export function freshKeyPair(): { readonly appKey: string; readonly appSecret: string } {
  return { appKey: `PS${randomBytes(17).toString('hex')}`, appSecret: randomBytes(90).toString('hex') };
}

/** Like {@link brokerageEnv}, in MOCK, but with an app key of its own: its first token can be requested at once. */
export function freshAccountEnv(simulator: Simulator): Record<string, string> {
  const { appKey, appSecret } = freshKeyPair();
  return {
    ...brokerageEnv(simulator, 'MOCK'),
    KIS_APP_KEY: appKey,
    KIS_APP_SECRET: appSecret,
    KIS_ACCOUNT_NUMBER: '50112345',
  };
}
