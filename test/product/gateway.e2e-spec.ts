import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_ACCOUNTS } from '../../src/simulator';
import { DEMO, Product, runKis, StartedProcess, type Outcome } from '../support/product';
import { PROJECT } from '../support/project';
import { DEBIAN_PYTHON, describeWithPython } from '../support/python';
import { MINE } from '../support/settings-samples';

const PROGRAM = join(PROJECT, 'test', 'support', 'python', 'kis_program.py');
const LIMIT_MS = 60_000;

interface Said {
  readonly step: string;
  readonly code?: string;
  readonly [name: string]: unknown;
}

/** Programs in Python that do as KIS's official samples do, and know of the gateway only what their yaml says. */
function programsInPython(): void {
  let product: Product;
  let env: Record<string, string>;

  beforeAll(async () => {
    product = await Product.start({ env: { ...DEMO, KIS_GATEWAY: 'true' } });
    env = { ...DEMO, KIS_GATEWAY: 'true', PORT: String(product.port) };
  });

  afterAll(() => product.kill());

  const kis = (...args: string[]): Promise<Outcome> => runKis(args, { env, home: product.home });

  /** The yaml of the samples, with the lines that `kis gateway key add` prints. */
  async function configure(program: string, ...options: string[]): Promise<string> {
    const { code, stdout } = await kis('gateway', 'key', 'add', program, ...options);
    expect(code).toBe(0);
    const { accountNumber, htsId } = DEMO_ACCOUNTS.mock;
    expect(stdout).toContain(`my_paper_stock: "${accountNumber}"\nmy_htsid: "${htsId}"`);
    const file = `~/KIS/config/${program}.yaml`;
    product.home.write(file, [stdout.trimEnd(), 'my_agent: "Mozilla/5.0"', ''].join('\n'));
    return product.home.locate(file);
  }

  async function run(config: string, step: string): Promise<{ readonly code: number | null; said: Said[] }> {
    const program = StartedProcess.start(DEBIAN_PYTHON, [PROGRAM, config, 'vps', step], {
      home: product.home,
    });
    const { code, stdout, stderr } = await program.outcome(LIMIT_MS);
    const said = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Said);
    return { code, said: code === 0 || said.length > 0 ? said : [{ step: 'failed', stderr }] };
  }

  it('gets token, price and balance, an order, trades and notices; two at the same time; KIS issues one token', async () => {
    const options = ['--allow', 'trade', '--columns', '2025'];
    const configs = [await configure('one', ...options), await configure('two', ...options)];
    const read = await Promise.all(configs.map((config) => run(config, 'rest')));
    for (const { said } of read) {
      expect(said).toMatchObject([
        { step: 'price', status: 200, price: expect.stringMatching(/^\d+$/) as string },
        { step: 'balance', status: 200, holdings: expect.any(Number) as number },
      ]);
    }
    const heard = await Promise.all(configs.map((config) => run(config, 'socket')));
    for (const { code, said } of heard) {
      expect({ code, steps: said.map(({ step }) => step).sort() }).toEqual({
        code: 0,
        steps: ['notice', 'order', 'registered', 'registered', 'trade'],
      });
      expect(said.find(({ step }) => step === 'notice')).toMatchObject({ columns: 26, symbol: '005930' });
    }
    const { url } = (await product.ask<{ url: string }>('/simulator')).body;
    const issues = (await (await fetch(`${url}/__sim/issues`)).json()) as { keys: { requests: unknown[] }[] };
    expect(issues.keys.map(({ requests }) => requests.length)).toEqual([1]);
  });

  it('may not order with a read key, and is refused with the next request once its key is removed', async () => {
    const config = await configure('reader');
    expect((await run(config, 'order')).said).toMatchObject([
      { step: 'order', status: 200, code: 'KAPI0004' },
    ]);
    expect(await kis('gateway', 'key', 'remove', 'reader')).toMatchObject({ code: 0 });
    expect(await run(config, 'rest')).toMatchObject({ code: 3, said: [{ error_code: 'EGW00103' }] });
    expect(await kis('gateway', 'key', 'remove', 'reader')).toMatchObject({ code: 1 });
  });

  it('has a key that is shown once and stored as hashes, in files of the owner only', async () => {
    const added = await kis('gateway', 'key', 'add', 'hashed', '--json');
    const { appKey, appSecret } = JSON.parse(added.stdout) as { appKey: string; appSecret: string };
    expect([appKey.length, appSecret.length]).toEqual([36, 180]);
    expect((await kis('gateway', 'key', 'add', 'hashed')).code).toBe(1);
    const ofAnOwner = await runKis(['gateway', 'key', 'add', 'mine'], {
      env: { ...env, KIS_SIMULATOR: 'false', ...MINE },
      home: product.home,
    });
    expect(ofAnOwner.stdout).toContain('# my_paper_stock: the eight digits of account "main" (5011****-01)');
    expect(ofAnOwner.stdout).not.toContain(MINE['KIS_ACCOUNT_NUMBER']);
    const listed = await kis('gateway', 'key', 'list');
    expect(listed.stdout).toMatch(/hashed +main +read/);
    const state = product.home.locate('~/KIS/state');
    for (const name of readdirSync(state)) {
      const file = join(state, name);
      expect({ name, mode: statSync(file).mode & 0o777 }).toEqual({ name, mode: 0o600 });
      expect(readFileSync(file, 'latin1')).not.toContain(appSecret.slice(0, 30));
      expect(readFileSync(file, 'latin1')).not.toContain(appKey);
    }
    expect(product.stdout + product.stderr + listed.stdout).not.toContain(appKey);
  });
}

describeWithPython('A program made for KIS, at the gateway of the built product', programsInPython, {
  modules: ['requests', 'websockets', 'yaml'],
});
