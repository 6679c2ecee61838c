import { loadConfig } from './load-config';
import { KEY, MINE, SECRET, problemsOf } from '../../test/support/settings-samples';

describe('profiles', () => {
  const PENSION = {
    KIS_PROFILES: 'pension, my-live',
    KIS_PENSION_APP_KEY: KEY,
    KIS_PENSION_APP_SECRET: SECRET,
    KIS_PENSION_ACCOUNT_NUMBER: '60112345-22',
    KIS_MY_LIVE_TRADING_MODE: 'REAL',
    KIS_MY_LIVE_APP_KEY: `X${KEY.slice(1)}`,
    KIS_MY_LIVE_APP_SECRET: SECRET,
    KIS_MY_LIVE_ACCOUNT_NUMBER: '70112345',
    KIS_MY_LIVE_REQUESTS_PER_SECOND: '5',
  };

  it('are accounts with their own variables, real and mock side by side', () => {
    const { kis, warnings } = loadConfig(PENSION);
    expect(kis.accounts).toEqual([
      expect.objectContaining({
        alias: 'pension',
        mode: 'MOCK',
        accountNumber: '60112345',
        accountCode: '22',
      }),
      expect.objectContaining({
        alias: 'my-live',
        mode: 'REAL',
        accountNumber: '70112345',
        requestsPerSecond: 5,
      }),
    ]);
    expect(warnings).toEqual([]);
  });

  it('come after the plain account', () => {
    expect(loadConfig({ ...MINE, ...PENSION }).kis.accounts.map(({ alias }) => alias)).toEqual([
      'main',
      'pension',
      'my-live',
    ]);
  });

  it('share the settings for calls unless they have their own', () => {
    const { accounts } = loadConfig({
      ...PENSION,
      KIS_REQUESTS_PER_SECOND: '3',
      KIS_BASE_URL: 'http://localhost:1',
    }).kis;
    expect(accounts.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([3, 5]);
    expect(accounts.map(({ baseUrl }) => baseUrl)).toEqual(['http://localhost:1', 'http://localhost:1']);
  });

  it('are checked like the plain account', () => {
    expect(problemsOf({ ...PENSION, KIS_PENSION_APP_SECRET: '', KIS_MY_LIVE_TRADING_MODE: 'LIVE' })).toEqual([
      expect.stringContaining('KIS_PENSION_APP_SECRET: is missing'),
      expect.stringContaining('KIS_MY_LIVE_TRADING_MODE: must be one of'),
    ]);
  });

  it.each([
    ['a name twice', { KIS_PROFILES: 'pension,Pension' }, 'a second account the name'],
    [
      'one key with two secrets',
      { KIS_MY_LIVE_APP_KEY: KEY, KIS_MY_LIVE_APP_SECRET: 'other' },
      'two different app secrets',
    ],
    [
      'one key in both modes',
      { KIS_MY_LIVE_APP_KEY: KEY, KIS_MY_LIVE_APP_SECRET: PENSION['KIS_PENSION_APP_SECRET'] },
      'one app key in both trading modes',
    ],
  ])('may not have %s', (_, change, problem) => {
    expect(problemsOf({ ...PENSION, ...change })).toContainEqual(expect.stringContaining(problem));
  });
});
