import Database from 'libsql';
import { join } from 'node:path';
import { SystemKisClock } from '../../src/kis/clock';
import { DirectoryThread } from '../../src/kis/files/directory-thread';
import { sampleCredential } from '../../src/kis/testing/sample-tokens';
import { CallerWait } from '../../src/kis/token/caller-wait';
import { FileKisTokenStore } from '../../src/kis/token/file/file-kis-token.store';
import { TimeLimitedTokenStore } from '../../src/kis/token/time-limited-token.store';

/** What is waited for; nothing but the library keeps the process alive meanwhile. */
export interface WaitingTask {
  readonly task: keyof typeof TASKS;
  readonly directory: string;
}

const SHORT_MS = 80;
const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };
const clock = new SystemKisClock();

/** Work that never ends and holds nothing open, as a request whose answer got lost in the library would be. */
function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

class SilentStore extends FileKisTokenStore {
  override read(): Promise<never> {
    return never();
  }
}

/** Every wait of the background is over at once: the thread has not started by then. */
class ImpatientClock extends SystemKisClock {
  override background(_delayMs: number, action: () => void): () => void {
    return super.background(0, action);
  }
}

const TASKS = {
  pause: () => clock.sleep(SHORT_MS),

  pauseThatIsGivenUp: async () => {
    await clock.sleep(60_000, AbortSignal.timeout(SHORT_MS)).catch(() => undefined);
  },

  deadline: () =>
    new Promise<void>((resolve) => {
      clock.later(SHORT_MS, resolve);
    }),

  /** Ends at once, because nothing waits for it. */
  background: () => {
    clock.background(60_000, () => undefined);
    return Promise.resolve();
  },

  callerOfSharedWork: async () => {
    await new CallerWait(clock, SHORT_MS, undefined).for(never());
  },

  slowThread: async ({ directory }: WaitingTask) => {
    const thread = new DirectoryThread(new ImpatientClock());
    await new FileKisTokenStore(directory, POLICY, clock, undefined, thread).requireSqlite('tokenStore');
    thread.close();
  },

  silentStore: async ({ directory }: WaitingTask) => {
    const store = new TimeLimitedTokenStore(new SilentStore(directory, POLICY, clock), clock, SHORT_MS);
    const failure = await store.read(sampleCredential()).catch((error: unknown) => error);
    if (!(failure instanceof Error)) throw new Error('A store that does not answer has failed.');
  },

  takenLock: async ({ directory }: WaitingTask) => {
    const store = new FileKisTokenStore(directory, POLICY, clock);
    await store.reject(sampleCredential(), 'before');
    new Database(join(directory, '.token_state.db')).exec('BEGIN EXCLUSIVE');
    const failure = await store.reject(sampleCredential(), 'x').catch((error: unknown) => error);
    if (!(failure instanceof Error)) throw new Error('The lock was taken.');
  },
} satisfies Record<string, (task: WaitingTask) => Promise<void>>;

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as WaitingTask;
  await TASKS[task.task](task);
  process.stdout.write('"settled"\n');
}

void main();
