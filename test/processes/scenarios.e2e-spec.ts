import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const SCENARIOS = Number(process.env['KIS_SCENARIOS'] ?? 4000);
const ORDER_SCENARIOS = Math.ceil(SCENARIOS / 4);

/** Outside of Jest, where a scenario takes a fraction of the time. */
async function chaos(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['scripts/chaos.mjs', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { out: await text(child.stdout), code: await ended };
}

describe('Whole lives of several processes in virtual time', () => {
  it.each([
    ['tokens', SCENARIOS, []],
    ['orders', ORDER_SCENARIOS, ['--orders']],
  ] as const)(
    'break no rule of %s, whatever goes wrong in %i of them',
    async (_rules, count, kind) => {
      const { out, code } = await chaos('--seeds', String(count), '--jobs', '1', ...kind);
      // Where one is broken its seed stands here: `npm run chaos -- --seed N` runs it again, with `--orders` for orders.
      expect(out).toMatch(new RegExp(`^${count} scenarios in .* 0 scenarios broken\\n$`));
      expect(code).toBe(0);
    },
    900_000,
  );

  it('can be run one by one, with all that happens', async () => {
    const { out, code } = await chaos('--seed', '1');
    expect(out).toMatch(/^\d+\.\d{3} s: process 1 starts on machine \d$/m);
    expect(out).toMatch(/"violations": \[\]/);
    expect(code).toBe(0);
  });
});
