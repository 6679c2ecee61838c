import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli';
import { loadConfig } from '../../src/config/load-config';
import { startSimulator, type Simulator } from '../../src/simulator';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The `kis` command within this process, with a mock account of a simulator and a token directory of its own. */
export class CommandLineFixture {
  /** The answer to questions on a terminal; null: the command runs without a terminal. */
  confirm: ((question: string) => Promise<boolean>) | null = null;
  env: Record<string, string>;

  private constructor(
    readonly simulator: Simulator,
    readonly home: string,
  ) {
    const { appKey, appSecret, accountNumber } = simulator.demo.mock;
    this.env = {
      KIS_APP_KEY: appKey,
      KIS_APP_SECRET: appSecret,
      KIS_ACCOUNT_NUMBER: accountNumber,
      KIS_BASE_URL: simulator.mockUrl ?? '',
      KIS_TOKEN_DIR: home,
      LOG_FILE: '',
    };
  }

  static async open(): Promise<CommandLineFixture> {
    const simulator = await startSimulator({ realPort: null, mockPort: 0 });
    return new CommandLineFixture(simulator, await mkdtemp(join(tmpdir(), 'kis-cli-')));
  }

  async close(): Promise<void> {
    await this.simulator.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  readonly kis = async (...args: string[]): Promise<Run> => {
    const written = { out: '', err: '' };
    const io = {
      out: (text: string) => void (written.out += text),
      err: (text: string) => void (written.err += text),
      ...(this.confirm && { confirm: this.confirm }),
    };
    const code = await runCli(args, () => loadConfig(this.env), io);
    return { code, ...written };
  };

  /** How many tokens KIS has issued. */
  get issued(): number {
    return this.simulator.issuesOf(this.simulator.demo.mock.appKey).length;
  }

  async tokenFiles(): Promise<string[]> {
    return (await readdir(this.home)).filter((name) => name.startsWith('token_'));
  }
}
