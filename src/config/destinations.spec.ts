import type { VariableOrigin } from './environment';
import { ConfigError } from './config.error';
import { loadConfig } from './load-config';
import { MINE } from '../../test/support/settings-samples';

const EVIL = 'https://evil.example';
const REFUSED = /must not send (keys|tokens) from elsewhere/;

type Place = 'environment' | '.env.local' | '.env';

/** The problems of settings of which some stand elsewhere than in the environment. */
function problemsOf(variables: Record<string, string>, places: Record<string, Place>): readonly string[] {
  const originOf = (name: string): VariableOrigin => {
    const place = places[name] ?? 'environment';
    return place === 'environment' ? {} : { file: place, line: 7 };
  };
  try {
    loadConfig({ ...MINE, ...variables }, originOf);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const keysIn = (place: Place): Record<string, Place> => ({ KIS_APP_KEY: place, KIS_APP_SECRET: place });

describe('checkDestinations', () => {
  it.each<[Place, Place, boolean]>([
    ['environment', '.env', false],
    ['environment', '.env.local', false],
    ['.env.local', '.env', false],
    ['environment', 'environment', true],
    ['.env.local', 'environment', true],
    ['.env.local', '.env.local', true],
    ['.env', '.env', true],
    ['.env', '.env.local', true],
  ])('with keys in %s and the address in %s: allowed is %s', (keys, address, allowed) => {
    for (const url of [EVIL, 'http://127.0.0.1:9443']) {
      const problems = problemsOf({ KIS_BASE_URL: url }, { ...keysIn(keys), KIS_BASE_URL: address });
      expect(problems).toEqual(allowed ? [] : [expect.stringMatching(REFUSED)]);
    }
  });

  it('names both places and the way out, and no value', () => {
    const [problem] = problemsOf({ KIS_BASE_URL: EVIL }, { KIS_BASE_URL: '.env' });
    expect(problem).toMatch(
      /^KIS_BASE_URL: is set in line 7 of \.env, but KIS_APP_KEY is set in the environment\./,
    );
    expect(problem).toMatch(/set KIS_BASE_URL in the same place as KIS_APP_KEY/);
    expect(problem).not.toContain(EVIL);
  });

  it('looks at the stronger of key and secret', () => {
    const places = { ...keysIn('.env'), KIS_APP_SECRET: '.env.local', KIS_BASE_URL: '.env' } as const;
    expect(problemsOf({ KIS_BASE_URL: EVIL }, places)).toEqual([
      expect.stringContaining('KIS_APP_SECRET is set in line 7 of .env.local'),
    ]);
  });

  it("lets a file name KIS's own hosts", () => {
    const own = { KIS_BASE_URL: 'https://openapi.koreainvestment.com:9443' };
    expect(problemsOf(own, { KIS_BASE_URL: '.env' })).toEqual([]);
    expect(loadConfig({ ...MINE, ...own }).warnings).toEqual([]);
  });

  it('looks at the address of each profile, its own or the common one', () => {
    const profile = {
      KIS_PROFILES: 'pension',
      KIS_PENSION_APP_KEY: MINE['KIS_APP_KEY'] ?? '',
      KIS_PENSION_APP_SECRET: MINE['KIS_APP_SECRET'] ?? '',
      KIS_PENSION_ACCOUNT_NUMBER: '50112346',
    };
    const own = { ...profile, KIS_PENSION_BASE_URL: EVIL };
    expect(problemsOf(own, { KIS_PENSION_BASE_URL: '.env' })).toEqual([
      expect.stringMatching(/^KIS_PENSION_BASE_URL: .*KIS_PENSION_APP_KEY is set in the environment/),
    ]);
    const common = { ...keysIn('.env'), KIS_BASE_URL: '.env' } as const;
    expect(problemsOf({ ...profile, KIS_BASE_URL: EVIL }, common)).toEqual([
      expect.stringMatching(/^KIS_BASE_URL: .*KIS_PENSION_APP_KEY is set in the environment/),
    ]);
  });

  it('gives a Redis elsewhere no tokens of stronger keys', () => {
    const redis = { KIS_TOKEN_STORE: 'redis', REDIS_URL: 'redis://evil.example' };
    expect(problemsOf(redis, { REDIS_URL: '.env' })).toEqual([expect.stringMatching(REFUSED)]);
    expect(problemsOf(redis, { REDIS_URL: '.env', ...keysIn('.env') })).toEqual([]);
    expect(problemsOf({ ...redis, KIS_TOKEN_STORE: 'file' }, { REDIS_URL: '.env' })).toEqual([]);
    expect(problemsOf({ ...redis, REDIS_URL: 'redis://127.0.0.1' }, { REDIS_URL: '.env' })).toEqual([]);
  });

  it('warns once of an address that is not KIS, and names it', () => {
    const { warnings } = loadConfig({ ...MINE, KIS_BASE_URL: EVIL });
    expect(warnings).toEqual([`KIS_BASE_URL: keys and tokens go to ${EVIL}, which is not a host of KIS.`]);
  });
});

describe('checkCertificates', () => {
  const OFF = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const LOCAL = { KIS_BASE_URL: 'http://127.0.0.1:9443' };
  const REDIS = { KIS_TOKEN_STORE: 'redis', REDIS_URL: 'rediss://redis.example' };

  it.each<[string, Record<string, string>]>([
    ['KIS', OFF],
    ['a Redis over TLS', { ...OFF, ...LOCAL, ...REDIS }],
  ])('refuses to go without them towards %s, and names the way that is right', (_what, variables) => {
    expect(problemsOf(variables, {})).toEqual([
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED: must not be 0: .* NODE_EXTRA_CA_CERTS/),
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['nothing goes over TLS', { ...OFF, ...LOCAL }],
    ['a Redis over TLS is not used', { ...OFF, ...LOCAL, ...REDIS, KIS_TOKEN_STORE: 'file' }],
    ['it is 1', { NODE_TLS_REJECT_UNAUTHORIZED: '1' }],
    ['it is empty', { NODE_TLS_REJECT_UNAUTHORIZED: '' }],
  ])('says nothing when %s', (_what, variables) => {
    expect(problemsOf(variables, {})).toEqual([]);
  });

  it('says that it has no effect in a settings file', () => {
    const { warnings } = loadConfig({ ...MINE, ...OFF }, (name) =>
      name in OFF ? { file: '.env', line: 1 } : {},
    );
    expect(warnings).toEqual([expect.stringContaining('has no effect in a settings file')]);
  });
});
