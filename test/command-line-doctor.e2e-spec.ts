import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandLineFixture } from './support/command-line-fixture';

describe('The doctor command', () => {
  let cli: CommandLineFixture;
  let kis: CommandLineFixture['kis'];

  beforeEach(async () => {
    cli = await CommandLineFixture.open();
    ({ kis } = cli);
  });

  afterEach(() => cli.close());

  it('examines the machine without requesting a token from KIS', async () => {
    const alone = await kis('doctor');
    expect(alone).toMatchObject({ code: 0, err: '' });
    expect(alone.out).toMatch(/NOTE +clock: .* not compared; kis doctor --online compares/);
    const { code, out } = await kis('doctor', '--online');
    expect(code).toBe(0);
    expect(out).toMatch(/OK +token store/);
    expect(out).toMatch(/OK +connection to http:\/\/127\.0\.0\.1/);
    expect(out).toMatch(/OK +clock: agrees with KIS/);
    expect(cli.issued).toBe(0);
  });

  it('finds out when the clock is wrong, and in which direction', async () => {
    const init = { method: 'POST', body: JSON.stringify({ advanceSeconds: 3600 }) };
    expect((await fetch(`${cli.simulator.mockUrl ?? ''}/__sim/clock`, init)).status).toBe(200);
    const { code, out } = await kis('doctor', '--online');
    expect(code).toBe(1);
    expect(out).toMatch(/FAULT +clock: 3(600|599|601) s behind KIS; set the clock/);
  });

  it('reports that KIS cannot be reached', async () => {
    await cli.simulator.stop();
    const { code, out } = await kis('doctor', '--online', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ check: expect.stringContaining('connection'), result: 'fault' }),
    );
  });

  it.each([
    ['a directory', 'fault', (path: string) => mkdir(path)],
    ['a symbolic link', 'fault', (path: string) => symlink('/etc/hostname', path)],
    ['half a token', 'note', (path: string) => writeFile(path, '{"access_token": "ey')],
  ])('reports a token file that is %s', async (_, result, damage) => {
    await kis('token', 'get');
    const [name = ''] = await cli.tokenFiles();
    await rm(join(cli.home, name));
    await damage(join(cli.home, name));
    const { code, out } = await kis('doctor', '--json');
    expect(code).toBe(result === 'fault' ? 1 : 0);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ check: 'token of main', result }));
  });
});
