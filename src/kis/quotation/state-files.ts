import type { OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../clock';
import { DirectoryThread } from '../files/directory-thread';
import { LocalDirectory } from '../files/local-directory';
import type { KisRedis } from '../redis/kis-redis';

/** More than the symbols of all files together. */
const MOST_BYTES = 64_000_000;
/** A disk that takes longer counts as failed. */
const LIMIT_MS = 5000;

/**
 * Market data that is kept across restarts and shared by processes, as a port. All of it can be requested again from
 * KIS, so a failure only causes another request.
 */
export abstract class KisMarketFiles {
  /** `null` when there is none. */
  abstract readFile(name: string): Promise<Uint8Array | null>;
  abstract writeFile(name: string, content: Uint8Array): Promise<void>;
  /**
   * Changes a record as one step among all processes that share it.
   * @param decide the new text, `null` to leave the record unchanged; may be called again with a newer record.
   * @returns the text before the change.
   */
  abstract updateRecord(
    name: string,
    decide: (found: string | null) => string | null,
  ): Promise<string | null>;
}

/** In memory: for this process only. */
export class MemoryMarketFiles extends KisMarketFiles {
  private readonly files = new Map<string, Uint8Array>();
  private readonly records = new Map<string, string>();

  readFile(name: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.files.get(name) ?? null);
  }

  writeFile(name: string, content: Uint8Array): Promise<void> {
    this.files.set(name, content);
    return Promise.resolve();
  }

  updateRecord(name: string, decide: (found: string | null) => string | null): Promise<string | null> {
    const found = this.records.get(name) ?? null;
    const next = decide(found);
    if (next !== null) this.records.set(name, next);
    return Promise.resolve(found);
  }
}

/** In the state directory, shared by the processes of a machine. */
export class StateMarketFiles extends KisMarketFiles implements OnApplicationShutdown {
  private readonly directory: LocalDirectory;

  /**
   * @param directory as configured; a leading `~` is the home directory.
   * @param setting what messages call the option that says where it is.
   */
  constructor(
    directory: string,
    setting: string,
    private readonly clock: KisClock,
    private readonly thread = new DirectoryThread(),
  ) {
    super();
    const options = {
      directory,
      setting,
      tag: 'Market',
      database: '.market.db',
      durable: false,
      alone: true,
      reports: true,
    };
    this.directory = new LocalDirectory(options, thread);
  }

  async readFile(name: string): Promise<Uint8Array | null> {
    const found = await this.inTime(() => this.directory.readFile(name, MOST_BYTES));
    return found && found.bytes;
  }

  async writeFile(name: string, content: Uint8Array): Promise<void> {
    await this.inTime(async () => {
      await this.directory.prepare(this.clock.now());
      await this.directory.putFile(name, content);
    });
  }

  updateRecord(name: string, decide: (found: string | null) => string | null): Promise<string | null> {
    return this.inTime(async () => {
      await this.directory.prepare(this.clock.now());
      return this.directory.updateRecord(
        name,
        ({ text }) => ({ answer: text, next: decide(text) }),
        () => this.clock.now(),
      );
    });
  }

  onApplicationShutdown(): void {
    this.thread.close();
  }

  private async inTime<T>(work: () => Promise<T>): Promise<T> {
    const silent = (): Error => new Error(`The state directory has not answered for ${LIMIT_MS / 1000} s.`);
    if (this.thread.silentMs > LIMIT_MS) throw silent();
    const done = await this.thread.within(
      work().then((value) => ({ value })),
      LIMIT_MS,
    );
    if (done) return done.value;
    throw silent();
  }
}

const COMPARE_AND_SET = `
local found = redis.call('GET', KEYS[1]) or ''
if found ~= ARGV[1] then return found end
redis.call('SET', KEYS[1], ARGV[2])
return false`;

/** Files in the state directory, records in Redis, so that the machines that share it send one request together. */
export class SharedMarketFiles extends StateMarketFiles {
  constructor(
    private readonly redis: KisRedis,
    ...local: ConstructorParameters<typeof StateMarketFiles>
  ) {
    super(...local);
  }

  /** While Redis is unavailable each machine has records of its own. */
  override async updateRecord(
    name: string,
    decide: (found: string | null) => string | null,
  ): Promise<string | null> {
    try {
      return await this.updateShared(this.redis.key(`market:${name}`), decide);
    } catch {
      return super.updateRecord(name, decide);
    }
  }

  private async updateShared(
    key: string,
    decide: (found: string | null) => string | null,
  ): Promise<string | null> {
    for (let found = await this.read(key); ;) {
      const next = decide(found);
      if (next === null) return found;
      const newer = await this.redis.run(COMPARE_AND_SET, [key], found ?? '', next);
      if (typeof newer !== 'string') return found;
      found = newer === '' ? null : newer;
    }
  }

  private async read(key: string): Promise<string | null> {
    const found = await this.redis.run(`return redis.call('GET', KEYS[1])`, [key]);
    return typeof found === 'string' ? found : null;
  }
}
