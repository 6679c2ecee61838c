import { CommandLineFixture } from './support/command-line-fixture';

describe('The token commands', () => {
  let cli: CommandLineFixture;
  let kis: CommandLineFixture['kis'];

  beforeEach(async () => {
    cli = await CommandLineFixture.open();
    ({ kis } = cli);
  });

  afterEach(() => cli.close());

  it('prints a valid token and nothing else, and asks KIS for it once', async () => {
    const first = await kis('token', 'get');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await kis('token', 'get')).out).toBe(first.out);
    expect(cli.issued).toBe(1);
  });

  it('prints the status without the token', async () => {
    const token = (await kis('token', 'get')).out.trim();
    const { code, out } = await kis('token', 'status', 'main', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ alias: 'main', status: 'fresh', store: 'file', issuedToday: 1 });
    expect(out + (await kis('token', 'status')).out).not.toContain(token);
  });

  it('shows the status of every account, unless one is named', async () => {
    const { KIS_APP_KEY = '', KIS_APP_SECRET = '' } = cli.env;
    cli.env = {
      ...cli.env,
      KIS_PROFILES: 'pension',
      KIS_PENSION_APP_KEY: KIS_APP_KEY.replace(/^PS/, 'PP'),
      KIS_PENSION_APP_SECRET: KIS_APP_SECRET,
      KIS_PENSION_ACCOUNT_NUMBER: '50112346',
    };
    const all = await kis('token', 'status');
    expect(all.out).toMatch(/account +main \(MOCK[\s\S]*\n\naccount +pension \(MOCK/);
    expect(JSON.parse((await kis('token', 'status', '--json')).out)).toMatchObject([
      { alias: 'main' },
      { alias: 'pension' },
    ]);
    for (const named of [['pension'], ['--account', 'pension'], ['pension', '--account=pension']]) {
      expect(JSON.parse((await kis('token', 'status', '--json', ...named)).out)).toMatchObject({
        alias: 'pension',
      });
    }
  });

  it('waits out the minute after a token of another process: says when it ends, and exits with 1', async () => {
    await kis('token', 'get');
    const { code, err } = await kis('token', 'refresh');
    expect(code).toBe(1);
    expect(err).toMatch(/one token a minute[\s\S]*Try again after \d{4}-/);
    const asJson = await kis('token', 'refresh', '--json');
    expect(asJson).toMatchObject({ code: 1, out: '' });
    expect(JSON.parse(asJson.err)).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      retryAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(cli.issued).toBe(1);
  });

  it('revokes a token at KIS and deletes its file', async () => {
    const token = (await kis('token', 'get')).out.trim();
    expect((await kis('token', 'revoke')).code).toBe(0);
    expect(await cli.tokenFiles()).toEqual([]);
    const answer = await fetch(
      `${cli.simulator.mockUrl ?? ''}/uapi/domestic-stock/v1/quotations/inquire-price`,
      {
        headers: {
          authorization: `Bearer ${token}`,
          appkey: cli.env['KIS_APP_KEY'] ?? '',
          appsecret: cli.env['KIS_APP_SECRET'] ?? '',
          tr_id: 'FHKST01010100',
        },
      },
    );
    expect(await answer.text()).toContain('EGW00121');
  });

  it('says that there is nothing to revoke or to delete, and fails where something was to be revoked', async () => {
    expect(await kis('token', 'revoke')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('no token'),
    });
    expect(await kis('token', 'delete')).toMatchObject({
      code: 0,
      out: 'There was no token of main to delete.\n',
    });
    expect(JSON.parse((await kis('token', 'delete', '--json')).out)).toEqual({
      alias: 'main',
      deleted: false,
    });
    expect(cli.simulator.requests.length).toBe(0);
  });

  it.each([
    [false, [], 1, 'Nothing was revoked', 1],
    [true, [], 0, '', 1],
    [false, ['--yes'], 0, '', 0],
  ])(
    'asks on a terminal before it revokes (answer %s, options %j)',
    async (answer, options, exit, words, asked) => {
      await kis('token', 'get');
      const questions: string[] = [];
      cli.confirm = (question) => {
        questions.push(question);
        return Promise.resolve(answer);
      };
      const { code, err } = await kis('token', 'revoke', ...options);
      expect({ code, err }).toEqual({ code: exit, err: expect.stringContaining(words) });
      expect(questions).toHaveLength(asked);
      for (const question of questions) expect(question).toMatch(/six hours[^]*a KakaoTalk message/);
      expect((await cli.tokenFiles()).length > 0).toBe(exit === 1);
    },
  );
});
