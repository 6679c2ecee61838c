import { KisAccountNotFoundError, KisInvalidRequestError } from './kis.errors';
import type { KisAccountOptions } from './kis-account.options';
import { KisConfiguration, type KisOptions } from './kis.options';

const MAIN: KisAccountOptions = {
  mode: 'MOCK',
  appKey: 'PSmain01234567890123456789012345678901',
  appSecret: 'S'.repeat(180),
  accountNumber: '50112345',
};
const LIVE: KisAccountOptions = { ...MAIN, alias: 'live', mode: 'REAL', appKey: 'PSlive9876543210' };

function configuration(options: Partial<KisOptions> = {}): KisConfiguration {
  return new KisConfiguration({ accounts: [MAIN], ...options });
}

describe('KisConfiguration', () => {
  it('completes what is not said', () => {
    const { tokenPolicy, tokenStore, tokenDir, sweepMs, scheduledRefresh } = configuration();
    expect({ tokenStore, tokenDir, sweepMs, scheduledRefresh }).toEqual({
      tokenStore: 'file',
      tokenDir: '~/KIS/tokens',
      sweepMs: 30_000,
      scheduledRefresh: true,
    });
    expect(tokenPolicy).toMatchObject({
      bufferMs: 300_000,
      refreshLeadMs: 7_200_000,
      issueIntervalMs: 60_000,
    });
    expect(tokenPolicy.blackout).toEqual([
      { days: new Set([1, 2, 3, 4, 5]), fromMinute: 510, toMinute: 940 },
    ]);
  });

  it('takes what is said, in seconds', () => {
    const { tokenPolicy, sweepMs } = configuration({
      bufferSeconds: 60,
      refreshLeadSeconds: 600,
      refreshBlackout: '',
      sweepSeconds: 5,
      issueIntervalSeconds: 90,
    });
    expect(tokenPolicy).toEqual({
      bufferMs: 60_000,
      refreshLeadMs: 600_000,
      blackout: [],
      isTradingDay: expect.any(Function) as unknown,
      issueIntervalMs: 90_000,
      shortLived: false,
    });
    expect(sweepMs).toBe(5000);
  });

  it('refuses a blackout that it cannot read', () => {
    expect(() => configuration({ refreshBlackout: 'lunch' })).toThrow(KisInvalidRequestError);
  });

  it('knows accounts by their alias, and the one that is meant without', () => {
    const both = configuration({ accounts: [LIVE, MAIN] });
    expect(both.account().alias).toBe('main');
    expect(both.account('live').mode).toBe('REAL');
    expect(configuration({ accounts: [LIVE] }).account().alias).toBe('live');
  });

  it('names the existing aliases when another one is requested', () => {
    const both = configuration({ accounts: [LIVE, MAIN] });
    expect(() => both.account('nobody')).toThrow(KisAccountNotFoundError);
    expect(() => both.account('nobody')).toThrow('There is no account "nobody". Configured: live, main.');
    expect(() => configuration({ accounts: [] }).account()).toThrow(/Configured: none/);
    expect(() => both.account('__proto__')).toThrow(KisAccountNotFoundError);
  });

  it('refuses two accounts with one alias', () => {
    expect(() => configuration({ accounts: [MAIN, MAIN] })).toThrow(/same alias/);
  });

  it.each([
    ['MOCK', 'https://openapivts.koreainvestment.com:29443', 20_000, 1],
    ['REAL', 'https://openapi.koreainvestment.com:9443', 10_000, 18],
  ] as const)('knows host, time limit and rate limit of %s', (mode, origin, timeoutMs, perSecond) => {
    const it = configuration({ accounts: [{ ...MAIN, mode }] });
    const { credential } = it.account();
    expect(credential.origin).toBe(origin);
    expect(it.requestPolicy(credential)).toEqual({ timeoutMs, perSecond, deadlineMs: 60_000 });
  });

  it('gives each account the time limit and rate limit of its options', () => {
    const it = configuration({
      accounts: [{ ...MAIN, requestTimeoutMs: 1500, requestsPerSecond: 50 }, LIVE],
    });
    expect(it.requestPolicy(it.account('main').credential)).toMatchObject({ timeoutMs: 1500, perSecond: 50 });
    expect(it.requestPolicy(it.account('live').credential)).toMatchObject({
      timeoutMs: 10_000,
      perSecond: 18,
    });
  });

  it.each([
    ['50112345', undefined, '01'],
    ['50112345', '22', '22'],
    ['50112345-22', undefined, '22'],
    ['5011234522', '22', '22'],
  ])('takes the account number %s with the code %p', (accountNumber, accountCode, productCode) => {
    const code = accountCode === undefined ? {} : { accountCode };
    const account = configuration({ accounts: [{ ...MAIN, accountNumber, ...code }] }).account();
    expect([account.number, account.productCode]).toEqual(['50112345', productCode]);
  });

  it.each([
    ['', undefined],
    ['5011234', undefined],
    ['501123456', undefined],
    ['50112345-1', undefined],
    ['50112345 22', undefined],
    ['50112345', '1'],
    ['50112345', ''],
    ['50112345-22', '01'],
  ])('refuses the account number %p with the code %p, without repeating it', (accountNumber, accountCode) => {
    const code = accountCode === undefined ? {} : { accountCode };
    const open = () => configuration({ accounts: [{ ...MAIN, accountNumber, ...code }] });
    expect(open).toThrow(KisInvalidRequestError);
    expect(open).toThrow(/account(Number|Code) of account "main"/);
    expect(open).not.toThrow(/5011/);
  });

  it('lets accounts of one key share a credential, and simulated ones share it at every port', () => {
    const shared = configuration({ accounts: [MAIN, { ...MAIN, alias: 'pension', accountCode: '29' }] });
    expect(shared.account('pension').credential.id).toBe(shared.account('main').credential.id);
    const at = (baseUrl: string): string =>
      configuration({ accounts: [{ ...MAIN, simulated: true, baseUrl }] }).account().credential.id;
    expect(at('http://127.0.0.1:1')).toBe(at('http://127.0.0.1:2'));
  });

  it('masks account numbers where accounts are shown', () => {
    expect(configuration().account().maskedNumber).toBe('5011****-01');
    expect(JSON.stringify(configuration().account())).not.toContain('50112345');
  });

  it('cannot be changed', () => {
    expect(Reflect.set(configuration(), 'sweepMs', 1)).toBe(false);
  });

  it.each([
    [{ bufferSeconds: NaN }, /bufferSeconds/],
    [{ refreshLeadSeconds: -1 }, /refreshLeadSeconds/],
    [{ sweepSeconds: 0 }, /sweepSeconds/],
    [{ issueIntervalSeconds: Infinity }, /issueIntervalSeconds/],
  ])('refuses %j and names the option', (options, words) => {
    expect(() => configuration(options)).toThrow(words);
  });
});
