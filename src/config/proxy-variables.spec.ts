import { inspect } from 'node:util';
import type { Environment } from './environment';
import { loadConfig } from './load-config';
import { MINE, problemsOf, SIMULATED } from '../../test/support/settings-samples';

const KIS = new URL('https://openapi.koreainvestment.com:9443');

const proxyFor = (variables: Environment): string | null =>
  loadConfig({ ...MINE, ...variables }).kis.proxy?.for(KIS)?.place ?? null;

describe('readProxies', () => {
  it.each<[Environment, string | null]>([
    [{}, null],
    [{ HTTPS_PROXY: 'http://a:1' }, 'http://a:1'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1' }, 'http://b:1'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: '' }, 'http://a:1'],
    [{ ALL_PROXY: 'http://a:1' }, 'http://a:1'],
    [{ ALL_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:1' }, 'http://b:1'],
    [{ HTTP_PROXY: 'http://a:1' }, null],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'koreainvestment.com' }, null],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'koreainvestment.com', no_proxy: 'x' }, 'http://a:1'],
  ])('of %j: KIS through %s', (variables, place) => {
    expect(proxyFor(variables)).toBe(place);
  });

  it.each(['socks5://hidden:1080', 'http://', 'http://me:hidden@'])(
    'refuses %s by name, without its value',
    (value) => {
      for (const name of ['HTTPS_PROXY', 'http_proxy']) {
        const problems = problemsOf({ ...MINE, [name]: value });
        expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: must be http://host:port`))]);
        expect(problems.join()).not.toContain('hidden');
      }
    },
  );

  it('goes on without a proxy for everything that cannot be used, and says so', () => {
    const { warnings, kis } = loadConfig({ ...MINE, all_proxy: 'socks5://hidden:1080' });
    expect(kis.proxy).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^all_proxy: names no HTTP proxy/)]);
  });

  it('is not looked at for the embedded simulator', () => {
    expect(loadConfig({ ...SIMULATED, HTTP_PROXY: 'socks5://x' }).kis.proxy).toBeUndefined();
  });

  it('shows no password, and has the logger keep it out', () => {
    const config = loadConfig({ ...MINE, HTTPS_PROXY: 'http://me:hidden-one@proxy:3128' });
    expect(config.redactor.redact('login hidden-one')).not.toContain('hidden-one');
    for (const shown of [JSON.stringify(config), inspect(config, { depth: 10, showHidden: true })]) {
      expect(shown).toContain('http://proxy:3128');
      expect(shown).not.toContain('hidden-one');
    }
  });
});
