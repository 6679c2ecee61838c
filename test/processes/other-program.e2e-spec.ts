import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatNaive } from '../../src/kis/token/local-time';
import { done, Programs } from '../support/programs';

describe('a program that knows nothing of claims and has just got the token of the minute', () => {
  const base = mkdtempSync(join(tmpdir(), 'kis-other-'));
  const tokenDir = join(base, 'tokens');
  let programs: Programs;

  beforeAll(async () => {
    programs = await Programs.at({ settings: {} });
    mkdirSync(tokenDir, { mode: 0o700 });
  });

  afterAll(async () => {
    await programs.close();
    rmSync(base, { recursive: true });
  });

  async function issueForIt(): Promise<string> {
    const { appKey, appSecret, baseUrl = '' } = programs.account;
    const response = await fetch(`${baseUrl}/oauth2/tokenP`, {
      method: 'POST',
      body: JSON.stringify({ grant_type: 'client_credentials', appkey: appKey, appsecret: appSecret }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  /** As the official samples in Python store it. */
  function storeForIt(token: string): void {
    const name = `token_${programs.account.appKey.slice(0, 10)}_mock.json`;
    const fields = {
      access_token: token,
      token_type: 'Bearer',
      expires_in: 86_400,
      issued_at: formatNaive(Date.now()),
      expiry_datetime: formatNaive(Date.now() + 86_400_000),
    };
    writeFileSync(join(tokenDir, name), JSON.stringify(fields), { mode: 0o600 });
  }

  it('is waited for: its token is used by all processes, and KIS is not asked a second time', async () => {
    const kis = { accounts: [programs.account], tokenDir, scheduledRefresh: false };
    const workers = await programs.start(Array.from({ length: 3 }, () => ({ kis })));
    const token = await issueForIt();
    const answers = Promise.all(workers.map((worker) => done(worker, { getToken: 50 })));
    const refusal = (): boolean =>
      programs.brokerage.issuesOf(programs.account.appKey).some(({ code }) => code === 'EGW00133');
    while (!refusal()) await new Promise((resolve) => setImmediate(resolve));
    storeForIt(token);
    const reports = await answers;
    const [adopted] = reports[0]?.tokens ?? [];
    expect(reports).toEqual(reports.map(() => ({ done: 50, tokens: [adopted], failures: {} })));
    expect(await done(workers[0], { call: ['005930'] })).toMatchObject({ done: 1 });
    expect(programs.issues).toBe(2);
  });
});
