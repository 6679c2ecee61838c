import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Writable } from 'node:stream';

/** Compiles and starts worker processes for tests. */

const PROJECT = join(__dirname, '..', '..');

/** Parts of Nest that take a tenth of a second to load; a worker that is killed a thousand times goes without. */
const NEST_LOGGER_STUB = `exports.Logger = class { log() {} warn(text) { process.stderr.write(text + '\\n'); } error() {} };`;

interface WorkerOptions {
  readonly uid?: number;
  /** Time zone. */
  readonly zone?: string;
  /** Ctrl-C does not reach it. */
  readonly ownGroup?: boolean;
}

/**
 * The library and the worker scripts as plain JavaScript in a directory of their own, which any user may read: made
 * from the sources as they are, so no build can be stale.
 */
export class WorkerHost {
  private readonly root = mkdtempSync(join(tmpdir(), 'kis-workers-'));
  private readonly started = new Set<Worker>();

  /** @param stubs modules that workers get instead of installed ones: name and source text. */
  constructor(stubs: Readonly<Record<string, string>> = {}) {
    chmodSync(this.root, 0o755);
    const swc = JSON.parse(readFileSync(join(PROJECT, '.swcrc'), 'utf8')) as object;
    for (const folder of ['src/kis', 'test/support'])
      this.compile(join(PROJECT, folder), { ...swc, sourceMaps: false });
    symlinkSync(join(PROJECT, 'node_modules'), join(this.root, 'node_modules'));
    for (const [name, source] of Object.entries(stubs)) this.put(`src/node_modules/${name}/index.js`, source);
  }

  /** Without all of Nest: for workers that need a logger only. */
  static withoutNest(stubs: Readonly<Record<string, string>> = {}): WorkerHost {
    return new WorkerHost({ '@nestjs/common': NEST_LOGGER_STUB, ...stubs });
  }

  start(script: string, task: object, options: WorkerOptions = {}): Worker {
    const path = join(this.root, 'test/support', `${script}.js`);
    const owner = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
    const env = { ...process.env, HOME: this.root, ...(options.zone ? { TZ: options.zone } : {}) };
    const child = spawn(process.execPath, [path, JSON.stringify(task)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
      detached: options.ownGroup ?? false,
      ...owner,
    });
    const worker = new Worker(child);
    this.started.add(worker);
    return worker;
  }

  /** Ends what still runs and removes everything. */
  async close(): Promise<void> {
    for (const worker of this.started) await worker.kill();
    rmSync(this.root, { recursive: true });
  }

  private compile(folder: string, swc: object): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) this.compile(path, swc);
      else if (/(?<!\.(?:spec|contract|d))\.ts$/.test(entry.name)) {
        const { code } = transformFileSync(path, { ...swc, swcrc: false });
        this.put(relative(PROJECT, path).replace(/ts$/, 'js'), code);
      }
    }
  }

  private put(path: string, text: string): void {
    const target = join(this.root, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    writeFileSync(target, text, { mode: 0o644 });
  }
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that runs a task and tells of it in lines of JSON. */
export class Worker {
  readonly exited: Promise<Exit>;
  private readonly input: Writable;
  private readonly lines: Interface;
  private readonly heard: unknown[] = [];
  private readonly waiting: ((line: unknown) => void)[] = [];

  constructor(private readonly child: ChildProcess) {
    if (!child.stdout || !child.stdin) throw new Error('a worker needs its standard input and output');
    this.input = child.stdin;
    // It may have been killed meanwhile.
    this.input.on('error', () => undefined);
    this.lines = createInterface(child.stdout);
    this.lines.on('line', (line) => {
      this.hear(JSON.parse(line));
    });
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  /** The next line, or `null` when the process ended without one. */
  async next<T>(): Promise<T | null> {
    if (this.heard.length > 0) return this.heard.shift() as T;
    const line = new Promise<unknown>((resolve) => this.waiting.push(resolve));
    return (await Promise.race([line, this.exited.then(() => this.heard.shift() ?? null)])) as T | null;
  }

  /** Gives it an order, for workers that take any. */
  order(order: object): void {
    this.input.write(`${JSON.stringify(order)}\n`);
  }

  /** There are no orders any more: a worker that takes them ends. */
  end(): Promise<Exit> {
    this.input.end();
    return this.exited;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async kill(): Promise<Exit> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  private hear(line: unknown): void {
    const first = this.waiting.shift();
    if (first) first(line);
    else this.heard.push(line);
  }
}
