import { inspect } from 'node:util';
import { Proxy } from './proxy';
import { ProxyRules, type ProxyOptions } from './proxy-rules';

const KIS = 'https://openapi.koreainvestment.com:9443/oauth2/tokenP';

function placeFor(url: string, options: ProxyOptions): string | null {
  return new ProxyRules(options).for(new URL(url))?.place ?? null;
}

describe('Proxy', () => {
  it.each([
    ['http://proxy.corp:3128', 'http://proxy.corp:3128'],
    ['http://proxy.corp', 'http://proxy.corp:80'],
    ['https://proxy.corp', 'https://proxy.corp:443'],
    ['proxy.corp:3128', 'http://proxy.corp:3128'],
    ['PROXY.corp:3128/', 'http://proxy.corp:3128'],
    ['me:pass@10.0.0.1:8080', 'http://10.0.0.1:8080'],
    ['http://[::1]:3128', 'http://[::1]:3128'],
  ])('of %s is at %s', (text, place) => {
    expect(new Proxy(text).place).toBe(place);
  });

  it.each([
    'socks5://proxy:1080',
    'ftp://proxy',
    'http://',
    'http://pro xy',
    'http://proxy:99999',
    'http://me:hidden@',
  ])('refuses %s without repeating it', (text) => {
    expect(() => new Proxy(text)).toThrow('http://host:port');
    expect(() => new Proxy(text)).not.toThrow('hidden');
  });

  it('logs in with the credentials in its URL, and shows them nowhere', () => {
    const proxy = new Proxy('http://me:p%40ss%2Fhidden@proxy:3128');
    const { 'Proxy-Authorization': login = '' } = proxy.headers;
    expect(Buffer.from(login.replace('Basic ', ''), 'base64').toString()).toBe('me:p@ss/hidden');
    expect(proxy.password).toBe('p@ss/hidden');
    const rules = new ProxyRules({ https: 'http://me:p%40ss%2Fhidden@proxy:3128' });
    for (const shown of [
      inspect({ proxy, rules }, { depth: 9, showHidden: true }),
      JSON.stringify({ proxy, rules }),
    ]) {
      expect(shown).toContain('http://proxy:3128');
      expect(shown).not.toContain('hidden');
      expect(shown).not.toContain(login);
    }
    expect(rules.passwords).toEqual(['p@ss/hidden']);
  });

  it('takes a percent sign that begins no escape as it is', () => {
    expect(new Proxy('http://me:100%@proxy').password).toBe('100%');
  });
});

describe('ProxyRules', () => {
  it('uses the proxy for the protocol of the address', () => {
    const both = { https: 'http://one:1', http: 'http://127.0.0.1:2' };
    expect(placeFor(KIS, both)).toBe('http://one:1');
    expect(placeFor('http://127.0.0.1:9443/', both)).toBe('http://127.0.0.1:2');
    expect(placeFor(KIS, { http: 'http://one:1' })).toBeNull();
    expect(placeFor(KIS, {})).toBeNull();
  });

  it.each(['http://127.0.0.1:9443', 'http://localhost:9443', 'http://[::1]:9443', 'https://127.0.0.1:9443'])(
    'reaches %s, which is on this machine, through a proxy on this machine only',
    (url) => {
      expect(placeFor(url, { https: 'http://far:1', http: 'http://far:1' })).toBeNull();
      expect(placeFor(url, { https: 'http://localhost:1', http: 'http://localhost:1' })).toBe(
        'http://localhost:1',
      );
    },
  );

  // As curl 7.88 does with each of them, apart from ports, networks and other spellings of IPv6: those are beyond it.
  it.each<[string, string, boolean]>([
    ['*', KIS, true],
    ['*,x', KIS, false],
    ['koreainvestment.com', KIS, true],
    ['.koreainvestment.com', KIS, true],
    ['KoreaInvestment.COM', KIS, true],
    ['koreainvestment.com.', KIS, true],
    ['openapi.koreainvestment.com', KIS, true],
    ['investment.com', KIS, false],
    ['com', KIS, true],
    ['*.koreainvestment.com', KIS, false],
    ['a.example, koreainvestment.com', KIS, true],
    ['a.example koreainvestment.com', KIS, true],
    [' , ,', KIS, false],
    ['', KIS, false],
    ['.', KIS, false],
    ['openapi.koreainvestment.com:9443', KIS, true],
    ['koreainvestment.com:443', KIS, false],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['10.1.2.3', 'https://10.1.2.30/', false],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.1.2.3/99', 'https://10.1.2.3/', false],
    ['2.3', 'https://10.1.2.3/', false],
    ['10.1.2.3:8443', 'https://10.1.2.3:8443/', true],
    ['fd00::1', 'https://[fd00::1]/', true],
    ['[fd00::1]', 'https://[fd00::1]/', true],
    ['[fd00::1]:443', 'https://[fd00::1]/', true],
    ['fd00:0:0::1', 'https://[fd00::1]/', true],
    ['fd00::/8', 'https://[fd12::1]/', true],
    ['fd00::/8', 'https://[fe12::1]/', false],
  ])('with NO_PROXY "%s" reaches %s directly: %s', (except, url, direct) => {
    expect(placeFor(url, { https: 'http://proxy:1', except })).toBe(direct ? null : 'http://proxy:1');
  });
});
