import { extname, join } from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import { SystemKisClock, type KisClock } from '../clock';
import { fault } from './careful-open';
import {
  END,
  type DirectoryRequest,
  type SqliteRequest,
  type ThreadMessage,
  type ThreadRequest,
} from './directory-calls';
import type { Notice } from './notices';

/**
 * A thread for all operations that can hang with a disk or a mount, so that they block neither the event loop nor the
 * thread pool of the process. It starts with the first request, works on one request at a time, and keeps the process
 * alive while a caller waits, but never keeps it from exiting.
 */
export class DirectoryThread {
  private running: Running | null = null;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<number, (notice: Notice) => void>();
  private lastId = 0;

  constructor(private readonly clock: KisClock = new SystemKisClock()) {}

  /** Age of the oldest unanswered request in milliseconds; 0 without one. */
  get silentMs(): number {
    for (const { since } of this.pending.values()) return this.clock.monotonic() - since;
    return 0;
  }

  /** Starts the thread before it is needed. */
  start(): void {
    this.running ??= this.run();
  }

  /** @returns the number that identifies a directory in requests. */
  register(listener: (notice: Notice) => void): number {
    const id = this.nextId();
    this.listeners.set(id, listener);
    return id;
  }

  /**
   * Why SQLite does not load, as the end of a sentence; `null` when it does. Touches no directory, and keeps the process
   * alive for as long as the thread takes to start.
   */
  async sqliteFailure(): Promise<string | null> {
    return (await this.call({ needs: 'sqlite' })) as string | null;
  }

  /** Rejects with the error of the method: its message and code. */
  call(request: DirectoryRequest | SqliteRequest): Promise<unknown> {
    const { worker, unanswered } = (this.running ??= this.run());
    const id = this.nextId();
    return new Promise((resolve, reject) => {
      // The first start on a slow machine may take longer, and the check for SQLite has no time limit.
      const cancelTimer = 'needs' in request ? () => undefined : this.watch(id);
      if (this.pending.size === 0) process.on('exit', this.onExit);
      this.pending.set(id, { since: this.clock.monotonic(), resolve, reject, cancelTimer, hung: false });
      this.keepAlive();
      Atomics.add(unanswered, 0, 1);
      worker.postMessage({ ...request, id } satisfies ThreadRequest);
    });
  }

  /**
   * The result of `work` on this thread; `null` when it has not ended within `limitMs`: then it continues unobserved.
   * A stalled event loop uses up at most half of the limit.
   */
  within<T>(work: Promise<T>, limitMs: number): Promise<T | null> {
    return new Promise((resolve, reject) => {
      let cancel = this.clock.after(limitMs / 2, () => {
        cancel = this.clock.after(limitMs / 2, () => {
          resolve(null);
        });
      });
      work.then(resolve, reject).finally(() => {
        cancel();
      });
    });
  }

  /**
   * Ends the thread when it has carried out its requests, which reject at once. The next request starts it again.
   */
  close(): void {
    const { running } = this;
    if (!running) return;
    this.lose(running, fault('ETHREAD', 'the thread for files was ended'));
    // Not terminated: in the middle of a call into SQLite that would abort the whole process. One that hangs ends when
    // its file system answers.
    const wait = (): void => {
      this.endWithout(running, LAST_WAIT_MS);
    };
    if (ending.size === 0) process.on('exit', waitForEnding);
    ending.add(wait);
    running.worker.once('exit', () => {
      ending.delete(wait);
      if (ending.size === 0) process.off('exit', waitForEnding);
    });
    running.worker.postMessage(END);
  }

  private run(): Running {
    const unanswered = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(WORKER_FILE, { name: 'kis-files', workerData: unanswered.buffer });
    const running = { worker, unanswered };
    worker.on('message', (message: ThreadMessage) => {
      this.hear(message);
    });
    worker.on('error', (error) => {
      this.lose(running, error);
    });
    worker.on('exit', () => {
      this.lose(running, fault('ETHREAD', 'the thread for files has ended'));
    });
    // Last, because listening for messages keeps the process alive.
    worker.unref();
    return running;
  }

  private hear(message: ThreadMessage): void {
    if ('notice' in message) return this.listeners.get(message.directory)?.(message.notice);
    const pending = this.forget(message.id);
    if ('error' in message) pending?.reject(asError(message.error));
    else pending?.resolve(message.result);
  }

  /** @returns a function that ends the watch. */
  private watch(id: number): () => void {
    return this.clock.background(HUNG_AFTER_MS, () => {
      const pending = this.pending.get(id);
      if (pending) pending.hung = true;
      this.keepAlive();
    });
  }

  private forget(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    pending?.cancelTimer();
    this.pending.delete(id);
    if (this.pending.size === 0) process.off('exit', this.onExit);
    this.keepAlive();
    return pending;
  }

  private lose(running: Running, error: Error): void {
    if (running !== this.running) return;
    this.running = null;
    for (const id of [...this.pending.keys()]) this.forget(id)?.reject(error);
  }

  private keepAlive(): void {
    const awaited = [...this.pending.values()].some(({ hung }) => !hung);
    if (awaited) this.running?.worker.ref();
    else this.running?.worker.unref();
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /**
   * Node waits for its threads before it ends, for ever when one hangs. The default action of SIGTERM waits for none,
   * and service managers take it for a clean end.
   */
  private readonly onExit = (): void => {
    if (this.running) this.endWithout(this.running, LAST_WAIT_MS - this.silentMs);
  };

  private endWithout(running: Running, limitMs: number): void {
    if (!isMainThread || this.isDoneWithin(running, limitMs)) return;
    process.stderr.write('The token directory does not answer; the process ends without waiting for it.\n');
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
  }

  private isDoneWithin({ unanswered }: Running, limitMs: number): boolean {
    const until = this.clock.monotonic() + limitMs;
    for (;;) {
      const count = Atomics.load(unanswered, 0);
      const leftMs = until - this.clock.monotonic();
      if (count <= 0 || leftMs <= 0) return count <= 0;
      Atomics.wait(unanswered, 0, count, leftMs);
    }
  }
}

/** A request to a directory that takes longer does not keep the process alive any more: its caller has timed out. */
const HUNG_AFTER_MS = 5000;
/** When the process ends, operations under way have this long to finish. */
const LAST_WAIT_MS = 2000;
/** Compiled beside this file; the source where the sources themselves run. */
const WORKER_FILE = join(__dirname, `directory-thread.worker${extname(__filename)}`);

/** One function for each thread that is ending: waits for it when the process exits. */
const ending = new Set<() => void>();
const waitForEnding = (): void => {
  for (const wait of ending) wait();
};

interface Pending {
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimer: () => void;
  hung: boolean;
}

interface Running {
  readonly worker: Worker;
  /** Shared with the thread: how many requests it has not answered. */
  readonly unanswered: Int32Array;
}

function asError({ message, code }: { readonly message: string; readonly code: string | undefined }): Error {
  return code === undefined ? new Error(message) : fault(code, message);
}
