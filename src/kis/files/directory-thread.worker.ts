import { parentPort, workerData } from 'node:worker_threads';
import { SystemKisClock } from '../clock';
import { codeOf } from './careful-open';
import {
  END,
  type DirectoryRequest,
  type DirectorySetting,
  type ThreadMessage,
  type ThreadRequest,
} from './directory-calls';
import { DirectoryService } from './directory-service';
import { loadSqlite } from './sqlite-file';

/** The thread of `DirectoryThread`: a file system that hangs blocks this thread and nothing else. */
class ThreadSide {
  private readonly clock = new SystemKisClock();
  private readonly loading = loadSqlite();
  private readonly services = new Map<number, DirectoryService>();

  constructor(
    private readonly send: (message: ThreadMessage) => void,
    /** Shared with the main thread: the number of unanswered requests. */
    private readonly unanswered: Int32Array,
  ) {}

  async answer(request: ThreadRequest): Promise<void> {
    const { id } = request;
    try {
      const result = 'needs' in request ? await this.sqliteFailure() : await this.run(request);
      this.send({ id, result });
    } catch (error) {
      this.send({ id, error: { message: messageOf(error), code: codeOf(error) } });
    } finally {
      Atomics.sub(this.unanswered, 0, 1);
      Atomics.notify(this.unanswered, 0);
    }
  }

  private async sqliteFailure(): Promise<string | null> {
    const loaded = await this.loading;
    return 'failure' in loaded ? loaded.failure : null;
  }

  private async run({ directory, setting, method, args }: DirectoryRequest): Promise<unknown> {
    const service = await this.service(directory, setting);
    if (method === 'close') this.services.delete(directory);
    const call = service[method].bind(service) as (...args: readonly unknown[]) => unknown;
    return call(...args);
  }

  private async service(directory: number, setting: DirectorySetting): Promise<DirectoryService> {
    const loaded = await this.loading;
    const sqlite = 'sqlite' in loaded ? loaded.sqlite : null;
    const open = this.services.get(directory);
    if (open) return open;
    const service = new DirectoryService(setting, sqlite, this.clock, (notice) => {
      this.send({ notice, directory });
    });
    this.services.set(directory, service);
    return service;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const port = parentPort;
if (port) {
  const side = new ThreadSide(
    (message) => {
      port.postMessage(message);
    },
    new Int32Array(workerData as SharedArrayBuffer),
  );
  const answering = new Set<Promise<void>>();
  port.on('message', (request: ThreadRequest | typeof END) => {
    if (request === END) {
      // In a worker thread this ends the thread, and not the process.
      void Promise.all(answering).then(() => process.exit());
      return;
    }
    const answer = side.answer(request).finally(() => answering.delete(answer));
    answering.add(answer);
  });
}
