import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './answer';
import { Home, type HomeOptions } from './home';
import { cleanUpAfterTests } from './cleanup';

/** A started process: waits for its output and its end, and always stops it. */

/** Waits end with an error after this long, unless a call says otherwise. */
const LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 20;

export interface ProcessOptions extends HomeOptions {
  /** Variables beside `PATH`, `HOME` and `LANG`; nothing is inherited. `undefined` takes one of the three away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where to run; a new one unless given. With `files`, they are added to it. */
  readonly home?: Home;
  /** The node binary; the one that runs the tests unless given. */
  readonly node?: string;
  /** As of `child_process.spawn`; pipes unless given. */
  readonly stdio?: StdioOptions;
  /** Gives it a process group of its own: signals then reach its children too. */
  readonly group?: boolean;
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program that a test has started. It is killed after the spec file when it still runs. */
export class StartedProcess {
  stdout = '';
  stderr = '';
  /** Resolves when it has ended and all its output has been read. */
  readonly ended: Promise<Outcome>;
  private running = true;
  private changed: () => void = () => undefined;

  private constructor(
    private readonly child: ChildProcess,
    readonly home: Home,
    private readonly group: boolean,
  ) {
    child.stdin?.on('error', () => undefined); // It may have ended before all was written.
    this.collect(child.stdout, (text) => (this.stdout += text));
    this.collect(child.stderr, (text) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.running = false;
        this.changed();
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
    this.ended.catch(() => undefined); // Reported to the callers that wait.
  }

  static start(command: string, args: readonly string[], options: ProcessOptions = {}): StartedProcess {
    const { node = process.execPath, group = false, stdio = 'pipe' } = options;
    const home = options.home ?? new Home(options);
    if (options.home) for (const [path, file] of Object.entries(options.files ?? {})) home.write(path, file);
    const env = {
      PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: home.path,
      LANG: 'C.UTF-8',
      ...options.env,
    };
    const child = spawn(command, args, { cwd: home.cwd, env, stdio, detached: group });
    const started = new StartedProcess(child, home, group);
    cleanUpAfterTests(() => started.kill());
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.running;
  }

  /** How it ended. Kills it and throws, with its output, when it runs for longer than the limit. */
  async outcome(limitMs = LIMIT_MS): Promise<Outcome> {
    await this.until(() => !this.running, `did not end within ${limitMs} ms`, limitMs);
    return this.ended;
  }

  /** Resolves when it has written this on one of the two outputs; throws when it ends or the limit passes first. */
  async untilWritten(text: string | RegExp, limitMs = LIMIT_MS): Promise<void> {
    const isWritten = (): boolean =>
      [this.stdout, this.stderr].some((all) =>
        typeof text === 'string' ? all.includes(text) : text.test(all),
      );
    await this.until(() => isWritten() || !this.running, `did not write ${String(text)}`, limitMs);
    if (!isWritten()) throw this.failure(`ended and did not write ${String(text)}`);
  }

  /** Resolves when this address answers with 200; throws when the process ends or the limit passes first. */
  async untilAnswering(url: string, limitMs = LIMIT_MS): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!(await isAnswering(url))) {
      if (!this.running) throw this.failure('ended before it answered');
      if (Date.now() > deadline) {
        const failure = this.failure(`did not answer within ${limitMs} ms`);
        await this.kill();
        throw failure;
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  endInput(): void {
    this.child.stdin?.end();
  }

  /** Closes our end of an output, as `head` does once it has read enough. */
  stopReading(output: 'stdout' | 'stderr'): void {
    this.child[output]?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    if (!this.running || this.child.pid === undefined) return;
    if (!this.group) {
      this.child.kill(name);
      return;
    }
    try {
      process.kill(-this.child.pid, name);
    } catch {
      // The whole group has just ended.
    }
  }

  /** Asks it to end, as `kill` and service managers do, and waits. */
  async stop(limitMs = LIMIT_MS): Promise<Outcome> {
    this.signal('SIGTERM');
    return this.outcome(limitMs);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended.catch(() => undefined);
  }

  /** An error that shows all that the process has written. */
  failure(what: string): Error {
    return new Error(`The process ${what}.\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`);
  }

  private collect(output: Readable | null, add: (text: string) => void): void {
    output?.setEncoding('utf8').on('data', (text: string) => {
      add(text);
      this.changed();
    });
    output?.on('error', () => undefined);
  }

  /** Looks again whenever something was written or the process has ended. */
  private async until(isTrue: () => boolean, otherwise: string, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!isTrue()) {
      const left = deadline - Date.now();
      if (left <= 0) {
        const failure = this.failure(otherwise);
        await this.kill();
        throw failure;
      }
      await this.nextChange(left);
    }
  }

  private nextChange(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      const earlier = this.changed;
      this.changed = () => {
        clearTimeout(timer);
        earlier();
        resolve();
      };
    });
  }
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    return (await ask(url, { signal: AbortSignal.timeout(5_000) })).status === 200;
  } catch {
    return false;
  }
}
