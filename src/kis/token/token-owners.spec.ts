import fc from 'fast-check';
import { Logger } from '@nestjs/common';
import type { KisAccountOptions } from '../kis-account.options';
import { sampleJwt } from '../testing/sample-tokens';
import {
  FIXTURE_ACCOUNT,
  HOUR,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';
import type { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const credentials = fc.record({
  mode: fc.constantFrom('MOCK' as const, 'REAL' as const),
  appKey: fc.constantFrom('PSoneKey01', 'PSoneKey012', 'PStwoKey01'),
  baseUrl: fc.constantFrom('https://one.example:9443', 'https://two.example:9443'),
});

async function tokensOf(fixture: TokenServiceFixture, aliases: readonly string[]): Promise<KisToken[]> {
  return fixture.during(
    Promise.all(aliases.map((alias) => Promise.resolve(fixture.tokens.getToken(alias)))),
    2 * SECOND,
  );
}

describe('Accounts', () => {
  it('share a token exactly when they have the same key, mode and host', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(credentials, { minLength: 2, maxLength: 6 }), async (chosen) => {
        const accounts = chosen.map((each, index) => ({
          ...FIXTURE_ACCOUNT,
          ...each,
          alias: `account${index}`,
        }));
        const fixture = new TokenServiceFixture({ accounts });
        const tokens = await tokensOf(
          fixture,
          accounts.map(({ alias }) => alias),
        );
        const owners = accounts.map(({ mode, appKey, baseUrl }) => JSON.stringify([mode, appKey, baseUrl]));
        const pairs = owners.flatMap((one, i) =>
          owners.map((two, j) => [one === two, tokens[i] === tokens[j]] as const),
        );
        expect(pairs.every(([sameOwner, sameToken]) => sameOwner === sameToken)).toBe(true);
        expect(fixture.kis.asked).toBe(new Set(owners).size);
        fixture.restart();
        const again = await tokensOf(
          fixture,
          accounts.map(({ alias }) => alias),
        );
        expect(again.map(({ accessToken }) => accessToken)).toEqual(
          tokens.map(({ accessToken }) => accessToken),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('use a token whose id is not an app key, also after a restart, but none that names another key', async () => {
    const fixture = new TokenServiceFixture();
    const use = (jti: unknown): void => {
      fixture.kis.distort = (issued) => ({ ...issued, accessToken: sampleJwt({ jti }) });
    };
    use('PSotherKey01234567890123456789012345');
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({
      code: 'KIS_CREDENTIALS_REJECTED',
    });
    await fixture.clock.advance(HOUR);
    use('0b1f3d5e-7a9c-4e2b-8d6f-1a3c5e7f9b0d');
    const token = await fixture.during(fixture.ask(), SECOND);
    fixture.restart();
    expect((await fixture.during(fixture.ask(), SECOND)).accessToken).toBe(token.accessToken);
    expect(fixture.kis.asked).toBe(2);
  });

  it('do not feel it when the token of another is refused, deleted or due', async () => {
    const accounts: readonly KisAccountOptions[] = [
      FIXTURE_ACCOUNT,
      { ...FIXTURE_ACCOUNT, alias: 'live', mode: 'REAL' },
      { ...FIXTURE_ACCOUNT, alias: 'pension', accountCode: '29' },
    ];
    const fixture = new TokenServiceFixture({ accounts });
    const [main, live] = await tokensOf(fixture, ['main', 'live', 'pension']);
    await fixture.clock.advance(7 * HOUR);
    await fixture.during(fixture.replace(main as KisToken), SECOND);
    await fixture.during(fixture.tokens.deleteToken('pension'), 0);
    expect(fixture.tokens.getToken('live')).toBe(live);
    expect(fixture.tokens.readiness().tokens.map(({ ready }) => ready)).toEqual([false, true, false]);
    expect(await fixture.during(fixture.tokens.refreshDue(), SECOND)).toMatchObject([
      { alias: 'main', outcome: 'waiting' },
      { alias: 'live', outcome: 'not-due' },
    ]);
  });

  it('do not take over a token that another’s file holds: it is saved under its owner', async () => {
    const accounts = [FIXTURE_ACCOUNT, { ...FIXTURE_ACCOUNT, alias: 'live', mode: 'REAL' as const }];
    const fixture = new TokenServiceFixture({ accounts });
    const [main] = await tokensOf(fixture, ['main']);
    await fixture.during(fixture.tokens.saveToken(main as KisToken), 0);
    expect(await fixture.during(fixture.tokens.loadToken('live'), 0)).toBeNull();
  });

  it('are renewed independently of each other, however many there are', async () => {
    const accounts = Array.from({ length: 200 }, (_, index) => ({
      ...FIXTURE_ACCOUNT,
      alias: `account${index}`,
      appKey: `PSkey${index.toString().padStart(31, '0')}`,
    }));
    const fixture = new TokenServiceFixture({ accounts });
    fixture.kis.latencyMs = 10 * SECOND;
    const swept = fixture.tokens.refreshDue();
    await fixture.clock.advance(SECOND);
    expect(fixture.kis.asked).toBe(200);
    const outcomes = await fixture.during(swept, 10 * SECOND);
    expect(outcomes.map(({ alias }) => alias)).toEqual(accounts.map(({ alias }) => alias));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['refreshed']));
  });
});
