import { KisInvalidRequestError } from './kis.errors';
import type { KisAccountOptions } from './kis-account.options';
import { KisConfiguration, type KisOptions } from './kis.options';

const SECRET = 'S'.repeat(180);
const MAIN = {
  mode: 'MOCK',
  appKey: 'PSmain0123456789',
  appSecret: SECRET,
  accountNumber: '50112345',
} as const;

/** As a program makes it of settings that it has not checked: whatever the types say. */
function opening(options: unknown): () => KisConfiguration {
  return () => new KisConfiguration(options as KisOptions);
}

function openingAccount(options: object): () => KisConfiguration {
  return opening({ accounts: [{ ...MAIN, ...options }] });
}

describe('the options of the library', () => {
  it.each([undefined, null, 'MOCK'])('may not be %p', (options) => {
    expect(opening(options)).toThrow(KisInvalidRequestError);
    expect(opening(options)).toThrow(/the factory must return an object with `accounts`/);
  });

  it.each([
    ['accounts', undefined],
    ['accounts', {}],
    ['accounts', [undefined]],
    ['tokenStore', 'sql'],
    ['tokenStore', {}],
    ['tokenDir', ''],
    ['tokenDir', 5],
    ['stateDir', 'a\0b'],
    ['bufferSeconds', '300'],
    ['sweepSeconds', '30'],
    ['scheduledRefresh', 'false'],
    ['shortLived', 'false'],
    ['redis', 'redis://127.0.0.1:6379'],
    ['proxy', 'http://127.0.0.1:3128'],
    ['tokenCipher', SECRET],
  ])('refuse %s %j and name the option', (name, value) => {
    const open = opening({ accounts: [MAIN], [name]: value });
    expect(open).toThrow(KisInvalidRequestError);
    expect(open).toThrow(new RegExp(`^${name} must be `));
  });

  it.each([
    ['alias', ''],
    ['alias', 'a b'],
    ['alias', 'a\nb'],
    ['mode', undefined],
    ['mode', 'mock'],
    ['mode', 'toString'],
    ['appKey', undefined],
    ['appKey', ''],
    ['appKey', 'PSkey\r\nx-injected: 1'],
    ['appSecret', undefined],
    ['appSecret', `${SECRET}\n`],
    ['htsId', 'two words'],
    ['simulated', 'false'],
    ['requestsPerSecond', '5'],
    ['requestsPerSecond', NaN],
    ['requestsPerSecond', 0],
    ['requestTimeoutMs', Infinity],
    ['requestTimeoutMs', -1],
    ['baseUrl', 'openapi.koreainvestment.com'],
    ['baseUrl', 'http://kis.example.com'],
    ['baseUrl', 'https://kis.example.com/uapi'],
    ['baseUrl', 'https://user:password@kis.example.com'],
  ])('refuse %s %j of an account and name the option, not its value', (name, value) => {
    const open = openingAccount({ [name]: value });
    expect(open).toThrow(KisInvalidRequestError);
    expect(open).toThrow(new RegExp(`^${name} of account "[^"]*" must `));
    expect(open).not.toThrow(/SSSS|injected|password@/);
  });

  it.each([
    ['enabled', 'false'],
    ['maxAmount', 1_000_000],
    ['maxAmount', 'a lot'],
    ['maxAmount', '1,000,000'],
    ['dailyMaxAmount', '-1'],
    ['dailyMaxAmount', ''],
    ['maxPerMinute', NaN],
    ['maxPerMinute', '5'],
    ['settleSeconds', NaN],
    ['settleSeconds', 0],
  ])('refuse a limit of orders that would be none: %s %j', (name, value) => {
    const open = openingAccount({ orders: { enabled: true, [name]: value } });
    expect(open).toThrow(KisInvalidRequestError);
    expect(open).toThrow(new RegExp(`^orders\\.${name} of account "main" must be `));
  });

  it.each<Partial<KisAccountOptions>>([
    { alias: '연금-1' },
    { baseUrl: 'http://[::ffff:127.0.0.1]:29443' },
    { baseUrl: 'https://kis.example.com:9443/' },
    { htsId: '' },
    { orders: { enabled: true, maxAmount: null, dailyMaxAmount: '5000000', maxPerMinute: null } },
  ])('take %j', (options) => {
    expect(openingAccount(options)().accounts).toHaveLength(1);
  });
});
