import { unknownVariables } from './known-variables';

describe('unknownVariables', () => {
  it.each([
    ['KIS_APPKEY', 'docs/configuration.md lists all variables'],
    ['LOG_LEVLE', 'docs/configuration.md lists all variables'],
    ['NODE_EXTRA_CA_CERTS', 'It counts in the environment only: NODE_EXTRA_CA_CERTS=… npm start'],
    ['KIS_RETIREMENT_APP_SECRET', 'add "retirement" to KIS_PROFILES'],
  ])('finds %s and helps', (name, help) => {
    expect(unknownVariables([name], ['pension'])).toEqual([expect.stringContaining(help)]);
  });

  it('shows the beginning only of what may be a part of a secret', () => {
    const [warning = ''] = unknownVariables(['abcdEFGHijklMNOPqrstUVWX12'], []);
    expect(warning).toMatch(/^abcdEFGHij…: is not known/);
  });

  it.each(['KIS_APP_KEY', 'KIS_PENSION_APP_KEY', 'KIS_MY_LIVE_BASE_URL', 'KIS_TOKEN_DIR', 'LOG_FILE'])(
    'has nothing to say about %s',
    (name) => {
      expect(unknownVariables([name], ['pension', 'my-live'])).toEqual([]);
    },
  );
});
