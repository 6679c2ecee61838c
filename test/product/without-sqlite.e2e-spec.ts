import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { Checkout } from '../support/checkout';
import { freePort } from '../support/free-port';
import { PROJECT } from '../support/project';
import { StartedProcess, type Outcome } from '../support/started-process';

/** What happened, why, and what to do. */
const REFUSAL =
  /^libsql, which .*, does not load on \w+-\w+ \(.*@libsql\/.*\)\. .*npm ci.*KIS_TOKEN_STORE.*memory/;

describe('Where the native part of libsql is not installed', () => {
  let checkout: Checkout;
  let simulator: Simulator;
  let env: Record<string, string>;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
    checkout = new Checkout({ built: true });
    // A link would lead Node.js to the packages of this checkout, where the native part is.
    const libsql = checkout.home.locate('node_modules/libsql');
    rmSync(libsql);
    cpSync(join(PROJECT, 'node_modules/libsql'), libsql, { recursive: true });
    rmSync(checkout.home.locate('node_modules/@libsql'));
  });

  afterAll(() => simulator.stop());

  beforeEach(async () => {
    env = { ...freshAccountEnv(simulator), KIS_SIMULATOR: 'false', PORT: String(await freePort()) };
  });

  const start = (file: string, args: readonly string[], more: Record<string, string> = {}): StartedProcess =>
    StartedProcess.start(process.execPath, [checkout.home.locate(`dist/${file}`), ...args], {
      home: checkout.home,
      env: { ...env, ...more },
    });

  const refused = {
    code: 1,
    stderr: expect.stringMatching(REFUSAL) as string,
  } satisfies Partial<Outcome>;

  const requests = () => simulator.issuesOf(env['KIS_APP_KEY'] ?? '').length;

  it('the service does not start, says why and what to do, and requests no token', async () => {
    await expect(start('main.js', []).outcome()).resolves.toMatchObject(refused);
    expect(requests()).toBe(0);
  });

  it.each([[['token', 'get']], [['token', 'refresh']], [['balance']], [['doctor']]])(
    '`kis %j` does nothing and says the same',
    async (args) => {
      await expect(start('main.cli.js', args).outcome()).resolves.toMatchObject({ ...refused, stdout: '' });
      expect(requests()).toBe(0);
    },
  );

  it('a service of its own, with everything in memory, works as the message says', async () => {
    const service = start('main.js', [], { KIS_TOKEN_STORE: 'memory' });
    await service.untilAnswering(`http://127.0.0.1:${env['PORT'] ?? ''}/health/ready`);
    await expect(service.stop()).resolves.toMatchObject({ signal: 'SIGTERM' });
    expect(requests()).toBe(1);
  });
});
