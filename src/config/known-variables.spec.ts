import { unknownVariables } from './known-variables';

describe('unknownVariables', () => {
  it.each([
    ['KIS_APPKEY', 'Did you mean KIS_APP_KEY?'],
    ['KIS_TRADINGMODE', 'Did you mean KIS_TRADING_MODE?'],
    ['KIS_PENSION_APPKEY', 'Did you mean KIS_PENSION_APP_KEY?'],
    ['KIS_RETIREMENT_APP_SECRET', 'add "retirement" to KIS_PROFILES'],
  ])('finds %s and helps', (name, help) => {
    expect(unknownVariables([name], ['pension'])).toEqual([expect.stringContaining(help)]);
  });

  it('has no advice for something quite different', () => {
    expect(unknownVariables(['KIS_SOMETHING_ELSE_ALTOGETHER'], [])).toEqual([
      'KIS_SOMETHING_ELSE_ALTOGETHER: is not known and has no effect.',
    ]);
  });

  it.each(['KIS_APP_KEY', 'KIS_PENSION_APP_KEY', 'KIS_MY_LIVE_BASE_URL', 'KIS_TOKEN_DIR', 'PATH', 'KISMET'])(
    'has nothing to say about %s',
    (name) => {
      expect(unknownVariables([name], ['pension', 'my-live'])).toEqual([]);
    },
  );
});
