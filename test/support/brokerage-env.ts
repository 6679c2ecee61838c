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
    ...(tokenDir === undefined ? {} : { KIS_TOKEN_DIR: tokenDir }),
  };
}
