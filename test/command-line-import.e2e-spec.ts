import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandLineFixture } from './support/command-line-fixture';

describe('The import command', () => {
  let cli: CommandLineFixture;
  let kis: CommandLineFixture['kis'];

  beforeEach(async () => {
    cli = await CommandLineFixture.open();
    ({ kis } = cli);
  });

  afterEach(() => cli.close());

  it('says whether an import stored the token', async () => {
    const token = (await kis('token', 'get')).out.trim();
    await writeFile(join(cli.home, 'same'), `token: ${token}\nvalid-date: 2030-01-01 00:00:00\n`);
    expect(await kis('import', join(cli.home, 'same'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The token in this file is already stored for main\./),
    });
    await writeFile(
      join(cli.home, 'older'),
      JSON.stringify({ access_token: 'x', expiry_datetime: inLocalTime(3600) }),
    );
    const older = await kis('import', join(cli.home, 'older'));
    expect(older).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Nothing was stored: .* expires later/),
    });
    expect((await kis('token', 'get')).out.trim()).toBe(token);

    await kis('token', 'delete');
    await writeFile(
      join(cli.home, 'ended'),
      JSON.stringify({ access_token: 'x', expiry_datetime: inLocalTime(-60) }),
    );
    const ended = await kis('import', join(cli.home, 'ended'));
    expect(ended).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/expired at .*was not stored/),
    });
    expect(await cli.tokenFiles()).toEqual([]);

    expect(await kis('import', join(cli.home, 'older'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The token is stored for main\./),
    });
    expect((await kis('token', 'get')).out).toBe('x\n');
  });

  it('imports no token that was revoked', async () => {
    const token = (await kis('token', 'get')).out.trim();
    await writeFile(join(cli.home, 'copy'), `token: ${token}\nvalid-date: 2030-01-01 00:00:00\n`);
    await kis('token', 'revoke');
    expect(await kis('import', join(cli.home, 'copy'))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/refused or revoked/),
    });
  });

  it('takes over the token of a Python program and of the official samples', async () => {
    const token = (await kis('token', 'get')).out.trim();
    const [name = ''] = await cli.tokenFiles();
    const five = Object.fromEntries(
      Object.entries(JSON.parse(await readFile(join(cli.home, name), 'utf8')) as object).slice(0, 5),
    );
    const files = {
      'theirs.json': JSON.stringify(five),
      KIS20261122: `token: ${token}\nvalid-date: 2030-01-01 00:00:00\n`,
    };
    for (const [file, text] of Object.entries(files)) {
      await kis('token', 'delete');
      await writeFile(join(cli.home, file), text);
      expect(await kis('import', join(cli.home, file))).toMatchObject({ code: 0, err: '' });
      expect((await kis('token', 'get')).out.trim()).toBe(token);
    }
    expect(cli.issued).toBe(1);
  });

  it('refuses a file that contains no token, and stores nothing', async () => {
    await writeFile(join(cli.home, 'other.txt'), 'hello');
    expect(await kis('import', join(cli.home, 'other.txt'))).toMatchObject({ code: 1, out: '' });
  });
});

/** As Python's `datetime.isoformat()` writes a moment some seconds from now. */
function inLocalTime(seconds: number): string {
  const at = new Date(Date.now() + seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 23).concat('000');
}
