import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { done, Programs } from '../support/programs';

const PROCESSES = 8;
const CALLERS = 1000;

describe(`${PROCESSES} processes with ${CALLERS} callers each, and no token anywhere`, () => {
  const base = mkdtempSync(join(tmpdir(), 'kis-herd-'));
  let programs: Programs;

  beforeAll(async () => {
    programs = await Programs.at({ settings: { tokenLatencyMs: 300 } });
  });

  afterAll(async () => {
    await programs.close();
    rmSync(base, { recursive: true });
  });

  it('send one token request, and every caller is answered', async () => {
    const kis = { accounts: [programs.account], tokenDir: join(base, 'tokens'), scheduledRefresh: false };
    const workers = await programs.start(Array.from({ length: PROCESSES }, () => ({ kis })));
    const reports = await Promise.all(workers.map((worker) => done(worker, { getToken: CALLERS })));
    const [token] = reports[0]?.tokens ?? [];
    expect(reports).toEqual(reports.map(() => ({ done: CALLERS, tokens: [token], failures: {} })));
    expect(programs.issues).toBe(1);
    const exits = await Promise.all(workers.map((worker) => worker.end()));
    expect(exits).toEqual(exits.map(() => ({ code: 0, signal: null })));
  });
});
