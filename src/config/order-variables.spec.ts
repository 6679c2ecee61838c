import type { KisOrderAllowance } from '../kis';
import { loadConfig } from './load-config';
import { MINE, problemsOf } from '../../test/support/settings-samples';

const ordersOf = (variables: Record<string, string>, alias = 'main'): KisOrderAllowance | undefined =>
  loadConfig({ ...MINE, ...variables }).kis.accounts.find((account) => account.alias === alias)?.orders;

describe('the variables of orders', () => {
  it.each<[string, Record<string, string>, boolean, string | null]>([
    ['nothing', {}, false, 'KIS_ORDERS=true'],
    ['KIS_ORDERS=true', { KIS_ORDERS: 'true' }, true, null],
    ['a REAL account', { KIS_ORDERS: 'true', KIS_TRADING_MODE: 'REAL' }, false, 'API_KEY'],
    [
      'a REAL account and an API key',
      { KIS_ORDERS: 'true', KIS_TRADING_MODE: 'REAL', API_KEY: 'k'.repeat(16) },
      true,
      null,
    ],
  ])('with %s', (_, variables, enabled, reason) => {
    expect(ordersOf(variables)).toEqual({
      enabled,
      ...(reason === null ? {} : { reason: expect.stringContaining(reason) as string }),
    });
  });

  it('set caps, which hold for each account unless it has its own', () => {
    const profile = Object.entries(MINE)
      .filter(([name]) => name.startsWith('KIS_') && name !== 'KIS_SIMULATOR')
      .map(([name, value]) => [name.replace('KIS_', 'KIS_PENSION_'), value ?? '']);
    const caps = {
      KIS_ORDERS: 'true',
      KIS_ORDER_MAX_AMOUNT: '1000000',
      KIS_ORDER_MAX_PER_MINUTE: '5',
      KIS_ORDER_SETTLE_SECONDS: '90',
    };
    const own = { KIS_PROFILES: 'pension', ...Object.fromEntries(profile) };
    const variables = { ...own, ...caps, KIS_PENSION_ORDERS: 'false', KIS_PENSION_ORDER_MAX_AMOUNT: '5' };
    expect(ordersOf(variables)).toEqual({
      enabled: true,
      maxAmount: '1000000',
      maxPerMinute: 5,
      settleSeconds: 90,
    });
    expect(ordersOf(variables, 'pension')).toEqual({
      enabled: false,
      reason: expect.stringContaining('KIS_PENSION_ORDERS=true') as string,
      maxAmount: '5',
      maxPerMinute: 5,
      settleSeconds: 90,
    });
  });

  it.each([
    ['KIS_ORDERS', 'yes'],
    ['KIS_ORDER_MAX_AMOUNT', '1,000'],
    ['KIS_ORDER_DAILY_MAX_AMOUNT', '-1'],
    ['KIS_ORDER_MAX_PER_MINUTE', '0'],
    ['KIS_ORDER_SETTLE_SECONDS', 'soon'],
  ])('refuse %s=%s', (name, value) => {
    expect(problemsOf({ ...MINE, [name]: value })).toEqual([expect.stringContaining(name)]);
  });
});
