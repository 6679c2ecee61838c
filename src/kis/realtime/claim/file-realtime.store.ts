import type { OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../../clock';
import { DirectoryThread } from '../../files/directory-thread';
import { LocalDirectory } from '../../files/local-directory';
import type { KisCredential } from '../../kis-credential';
import { nameAsOption } from '../../option-names';
import { TcpLinks } from '../link/tcp-links';
import { RealtimeStore, type RealtimeChange, type RealtimeRecord } from './realtime-store';

/**
 * Records shared by the processes of a machine that use one token directory, in a SQLite file there (0600). Its thread starts
 * with the first use.
 */
export class FileRealtimeStore extends RealtimeStore implements OnApplicationShutdown {
  private readonly directory: LocalDirectory;

  /** @throws KisTokenStoreError for a directory below `~` where the user has no home directory. */
  constructor(
    directory: string,
    private readonly clock: KisClock,
    setting = nameAsOption('tokenDir', null),
    private readonly thread = new DirectoryThread(),
  ) {
    super();
    this.directory = new LocalDirectory(
      // The database with the claims of tokens beside it has the same faults and reports them.
      { directory, setting, database: DATABASE, durable: false, alone: true, reports: false },
      thread,
    );
  }

  async update<T>(
    { id }: KisCredential,
    record: RealtimeRecord,
    decide: (text: string | null, now: number) => RealtimeChange<T>,
  ): Promise<T> {
    try {
      return await this.directory.updateRecord(
        `${record}/${id}`,
        ({ text }) => {
          const { answer, next } = decide(this.contentOf(text), this.now);
          return { answer, next: next === null ? null : `${this.era}\n${next}` };
        },
        () => this.clock.now(),
      );
    } catch (error) {
      throw this.directory.problem(DATABASE, error);
    }
  }

  links(): TcpLinks {
    return new TcpLinks();
  }

  onApplicationShutdown(): void {
    this.thread.close();
  }

  /** A record of an earlier boot does not count: its times are meaningless, and its sessions have ended. */
  private contentOf(text: string | null): string | null {
    if (text === null) return null;
    const end = text.indexOf('\n');
    return text.slice(0, end) === this.era ? text.slice(end + 1) : null;
  }

  /** Where the boot has an id, all its processes share one monotonic clock. */
  private get now(): number {
    return this.clock.bootId === null ? this.clock.now() : this.clock.monotonic();
  }

  private get era(): string {
    return this.clock.bootId ?? 'wall clock';
  }
}

/** Separate from the claims of tokens, because it is written every second or two and never forced to the disk. */
const DATABASE = '.token_realtime.db';
