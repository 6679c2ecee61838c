import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ask, type Answer } from './answer';
import { freePort } from './free-port';
import { Home } from './home';
import { built, PROJECT } from './project';
import { StartedProcess, type Outcome, type ProcessOptions } from './started-process';

/** The built product as a user starts it: service and command line, judged by output and exit code. */

export { Home, StartedProcess, type Outcome, type ProcessOptions };

/** The demo: the API brings its own simulator along, on any free port. */
export const DEMO = { KIS_SIMULATOR: 'true', SIMULATOR_MOCK_PORT: '0' } as const;

/**
 * The built API as a process of its own, judged from outside.
 *
 * ```ts
 * const product = await Product.start({ env: DEMO });
 * const { status, body } = await product.ask('/api/accounts');
 * const { code, stderr } = await product.stop();
 * ```
 */
export class Product {
  private constructor(
    readonly process: StartedProcess,
    readonly port: number,
  ) {}

  /** Starts it on a free port (unless `env.PORT` names one) and waits until it answers; throws with its output when it does not. */
  static async start(options: ProcessOptions = {}): Promise<Product> {
    const product = await Product.launch(options);
    await product.untilLive();
    return product;
  }

  /** Starts it and waits for nothing: for starts that fail or hang. */
  static async launch(options: ProcessOptions = {}): Promise<Product> {
    const port = Number(options.env?.['PORT'] ?? (await freePort()));
    const env = { PORT: String(port), ...options.env };
    return new Product(startNode(built('main.js'), [], { ...options, env }), port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get home(): Home {
    return this.process.home;
  }

  get stdout(): string {
    return this.process.stdout;
  }

  get stderr(): string {
    return this.process.stderr;
  }

  ask<T = unknown>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    return ask<T>(this.url + path, init);
  }

  untilLive(limitMs?: number): Promise<void> {
    return this.process.untilAnswering(`${this.url}/health/live`, limitMs);
  }

  untilWritten(text: string | RegExp, limitMs?: number): Promise<void> {
    return this.process.untilWritten(text, limitMs);
  }

  outcome(limitMs?: number): Promise<Outcome> {
    return this.process.outcome(limitMs);
  }

  signal(name: NodeJS.Signals): void {
    this.process.signal(name);
  }

  /** SIGTERM, and how it ended. */
  stop(limitMs?: number): Promise<Outcome> {
    return this.process.stop(limitMs);
  }

  kill(): Promise<void> {
    return this.process.kill();
  }
}

/** `kis …` of the build, to its end. */
export function runKis(args: readonly string[], options: ProcessOptions = {}): Promise<Outcome> {
  return startKis(args, options).outcome();
}

/** `kis …` of the build, for commands that a test talks to or interrupts. */
export function startKis(args: readonly string[], options: ProcessOptions = {}): StartedProcess {
  return startNode(built('main.cli.js'), args, options);
}

/** A CommonJS script of a user of the library, to its end; see {@link startScript}. */
export function runScript(source: string, options: ProcessOptions = {}): Promise<Outcome> {
  return startScript(source, options).outcome();
}

/** A CommonJS script of a user of the library: `require('./kis')` is the built library, installed packages are there. */
export function startScript(source: string, options: ProcessOptions = {}): StartedProcess {
  const home = options.home ?? new Home(options);
  if (!home.has('kis')) {
    symlinkSync(built('kis'), home.locate('kis'));
    symlinkSync(join(PROJECT, 'node_modules'), home.locate('node_modules'));
  }
  const name = `script-${scripts++}.cjs`;
  home.write(name, source);
  return startNode(home.locate(name), [], { ...options, home });
}

let scripts = 0;

function startNode(file: string, args: readonly string[], options: ProcessOptions): StartedProcess {
  return StartedProcess.start(options.node ?? process.execPath, [file, ...args], options);
}
