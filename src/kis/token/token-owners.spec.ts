import fc from 'fast-check';
import { Logger } from '@nestjs/common';
import type { KisAccountOptions } from '../kis.options';
import { sampleJwt } from '../../../test/support/kis/sample-tokens';
import { DESK_ACCOUNT, HOUR, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import type { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const credentials = fc.record({
  mode: fc.constantFrom('MOCK' as const, 'REAL' as const),
  appKey: fc.constantFrom('PSoneKey01', 'PSoneKey012', 'PStwoKey01'),
  baseUrl: fc.constantFrom('https://one.example:9443', 'https://two.example:9443'),
});

async function tokensOf(desk: TokenDesk, aliases: readonly string[]): Promise<KisToken[]> {
  return desk.during(
    Promise.all(aliases.map((alias) => Promise.resolve(desk.tokens.getToken(alias)))),
    2 * SECOND,
  );
}

describe('Accounts', () => {
  it('share a token exactly when they have the same key, mode and host', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(credentials, { minLength: 2, maxLength: 6 }), async (chosen) => {
        const accounts = chosen.map((each, index) => ({
          ...DESK_ACCOUNT,
          ...each,
          alias: `account${index}`,
        }));
        const desk = new TokenDesk({ accounts });
        const tokens = await tokensOf(
          desk,
          accounts.map(({ alias }) => alias),
        );
        const owners = accounts.map(({ mode, appKey, baseUrl }) => JSON.stringify([mode, appKey, baseUrl]));
        const pairs = owners.flatMap((one, i) =>
          owners.map((two, j) => [one === two, tokens[i] === tokens[j]] as const),
        );
        expect(pairs.every(([sameOwner, sameToken]) => sameOwner === sameToken)).toBe(true);
        expect(desk.kis.asked).toBe(new Set(owners).size);
        desk.restart();
        const again = await tokensOf(
          desk,
          accounts.map(({ alias }) => alias),
        );
        expect(again.map(({ accessToken }) => accessToken)).toEqual(
          tokens.map(({ accessToken }) => accessToken),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('use a token whose id is no app key, also after a restart, but none that names another key', async () => {
    const desk = new TokenDesk();
    const use = (jti: unknown): void => {
      desk.kis.distort = (issued) => ({ ...issued, accessToken: sampleJwt({ jti }) });
    };
    use('PSotherKey01234567890123456789012345');
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({ code: 'KIS_CREDENTIALS_REJECTED' });
    await desk.clock.advance(HOUR);
    use('0b1f3d5e-7a9c-4e2b-8d6f-1a3c5e7f9b0d');
    const token = await desk.during(desk.ask(), SECOND);
    desk.restart();
    expect((await desk.during(desk.ask(), SECOND)).accessToken).toBe(token.accessToken);
    expect(desk.kis.asked).toBe(2);
  });

  it('do not feel it when the token of another is refused, deleted or due', async () => {
    const accounts: readonly KisAccountOptions[] = [
      DESK_ACCOUNT,
      { ...DESK_ACCOUNT, alias: 'live', mode: 'REAL' },
      { ...DESK_ACCOUNT, alias: 'pension', accountCode: '29' },
    ];
    const desk = new TokenDesk({ accounts });
    const [main, live] = await tokensOf(desk, ['main', 'live', 'pension']);
    await desk.clock.advance(7 * HOUR);
    await desk.during(desk.replace(main as KisToken), SECOND);
    await desk.during(desk.tokens.deleteToken('pension'), 0);
    expect(desk.tokens.getToken('live')).toBe(live);
    expect(desk.tokens.readiness().tokens.map(({ ready }) => ready)).toEqual([false, true, false]);
    expect(await desk.during(desk.tokens.refreshDue(), SECOND)).toMatchObject([
      { alias: 'main', outcome: 'waiting' },
      { alias: 'live', outcome: 'not-due' },
    ]);
  });

  it('do not take over a token that another’s file holds: it is saved under its owner', async () => {
    const accounts = [DESK_ACCOUNT, { ...DESK_ACCOUNT, alias: 'live', mode: 'REAL' as const }];
    const desk = new TokenDesk({ accounts });
    const [main] = await tokensOf(desk, ['main']);
    await desk.during(desk.tokens.saveToken(main as KisToken), 0);
    expect(await desk.during(desk.tokens.loadToken('live'), 0)).toBeNull();
  });

  it('do not wait with their renewal for KIS to answer another, however many they are', async () => {
    const accounts = Array.from({ length: 200 }, (_, index) => ({
      ...DESK_ACCOUNT,
      alias: `account${index}`,
      appKey: `PSkey${index.toString().padStart(31, '0')}`,
    }));
    const desk = new TokenDesk({ accounts });
    desk.kis.latencyMs = 10 * SECOND;
    const swept = desk.tokens.refreshDue();
    await desk.clock.advance(SECOND);
    expect(desk.kis.asked).toBe(200);
    const outcomes = await desk.during(swept, 10 * SECOND);
    expect(outcomes.map(({ alias }) => alias)).toEqual(accounts.map(({ alias }) => alias));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['refreshed']));
  });
});
