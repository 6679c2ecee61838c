import { validateHeaderValue } from 'node:http';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import {
  KisConfiguration,
  KisError,
  KisToken,
  KisTokenService,
  SystemKisClock,
  SystemKisRandom,
} from '../../src/kis';
import { HttpKisAuthClient } from '../../src/kis/auth/http-kis-auth.client';
import { MemoryKisTokenStore } from '../../src/kis/token/memory-kis-token.store';
import { fuzz, FUZZ_LIMIT_MS } from './support/fuzz';
import type { Damage } from './support/damage';
import { DamagedKis } from './support/damaged-kis';
import { damages } from './support/damages';
import { TOKEN_FINDINGS } from './support/findings';
import { isUnknowable, readableBody } from './support/fuzzed-calls';
import { goodAnswer } from './support/good-answers';

jest.setTimeout(FUZZ_LIMIT_MS);

const KEY = 'PSfuzzKeyOfNobody0123456789abcdefghi';
const SECRET = 'Zx9+/aB4'.repeat(22) + 'abc=';
/** Much longer than an answer takes here, also on a busy machine. */
const REQUEST_TIMEOUT_MS = 3000;
const CODES = [
  ...['KIS_BAD_RESPONSE', 'KIS_UNAVAILABLE', 'KIS_TIMEOUT', 'KIS_CREDENTIALS_REJECTED', 'KIS_REJECTED'],
  ...['TOKEN_ISSUE_COOLDOWN', 'KIS_TOKEN_REJECTED'],
];
const HUNDRED_DAYS_MS = 100 * 86_400_000;

describe('Whatever the token endpoint answers', () => {
  let kis: DamagedKis;
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => {
    unhandled.push(reason);
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    process.on('unhandledRejection', note);
    kis = await DamagedKis.start(goodAnswer);
  });

  afterAll(async () => {
    await kis.stop();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('there is a token that calls can carry, or an error of the library, after one request', async () => {
    const property = fc.asyncProperty(damages, async (todo) => {
      await check(todo);
    });
    await fuzz(property, 40, TOKEN_FINDINGS);
  });

  it('revoking ends, well or with an error of the library', async () => {
    const property = fc.asyncProperty(damages, async (todo) => {
      kis.damageFor = ({ path }) => (path === '/oauth2/revokeP' ? todo : []);
      const service = open();
      await service.getToken();
      const failure = await service.deleteToken('main', { revoke: true }).then(() => null, seen);
      if (failure !== null) expectOurs(failure);
      await service.beforeApplicationShutdown();
    });
    await fuzz(property, 15);
  });

  function open(): KisTokenService {
    const clock = new SystemKisClock();
    const account = { mode: 'REAL', appKey: KEY, appSecret: SECRET, accountNumber: '50112345' } as const;
    const configuration = new KisConfiguration({
      accounts: [{ ...account, baseUrl: kis.origin, requestTimeoutMs: REQUEST_TIMEOUT_MS }],
      tokenStore: 'memory',
    });
    const auth = new HttpKisAuthClient(configuration, clock);
    return new KisTokenService(
      configuration,
      new MemoryKisTokenStore(clock),
      auth,
      clock,
      new SystemKisRandom(),
    );
  }

  async function check(todo: readonly Damage[]): Promise<void> {
    kis.damageFor = () => todo;
    kis.sent.length = 0;
    const service = open();
    const callers = await Promise.all(
      [1, 2].map(async () => service.getToken()).map((each) => each.catch(seen)),
    );
    for (const outcome of callers) {
      if (outcome instanceof KisToken) expectUsable(outcome);
      else expectOurs(outcome);
    }
    expect(kis.sent).toHaveLength(1);
    await service.refreshDue();
    await service.getTokenInfo();
    expect(kis.sent).toHaveLength(1);
    await service.beforeApplicationShutdown();
  }

  function expectUsable(token: KisToken): void {
    validateHeaderValue('authorization', token.authorization);
    expect(token.authorization).toMatch(/^bearer [\x21-\x7e]{1,4096}$/i);
    const leftMs = token.expiresAt - Date.now();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(HUNDRED_DAYS_MS + 60_000);
    if (isUnknowable(kis.sent)) return;
    expect(kis.sent.map(({ draft }) => readableBody(draft)?.['access_token'])).toContain(token.accessToken);
  }

  function expectOurs(error: unknown): void {
    expect(error).toBeInstanceOf(KisError);
    expect(CODES).toContain((error as KisError).code);
    const told = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    for (const secret of [KEY, SECRET]) expect(told).not.toContain(secret);
  }
});

function seen(error: unknown): unknown {
  return error;
}
