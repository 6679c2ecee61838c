import Database from 'libsql';
import { join } from 'node:path';
import { SystemKisClock } from '../../src/kis/clock';
import { sampleCredential, sampleToken } from '../../src/kis/testing/sample-tokens';
import { FileKisTokenStore } from '../../src/kis/token/file/file-kis-token.store';

/** A process that stops itself (SIGSTOP) at a certain point, and tells how it ended when it is let go on. */
interface Task {
  readonly task: keyof typeof TASKS;
  readonly directory: string;
  readonly generation: number;
}

const credential = sampleCredential();
const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };

function tell(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function stopHere(where: string): void {
  tell(where);
  process.kill(process.pid, 'SIGSTOP');
}

/** It has the lock on the claims, in the middle of a change. */
function whileClaiming({ directory }: Task): Promise<void> {
  const database = new Database(join(directory, '.token_state.db'));
  database.exec('BEGIN EXCLUSIVE');
  stopHere('locked');
  database.exec('COMMIT');
  tell('unlocked');
  return Promise.resolve();
}

/** It has read the claim and decided on its own, which is not written yet. */
async function beforeClaiming({ directory }: Task): Promise<void> {
  class StoppingClock extends SystemKisClock {
    private stopped = false;

    override now(): number {
      if (!this.stopped) {
        this.stopped = true;
        stopHere('claim read');
      }
      return super.now();
    }
  }
  const store = new FileKisTokenStore(directory, POLICY, new StoppingClock());
  const request = { owner: 'stopped', holdMs: 1, above: 0, at: 0, replaces: false };
  const { won } = await store.claim(credential, request);
  tell({ won });
}

/** It has compared its token with a file of five fields, and not yet put its own in place. */
async function beforeReplacing({ directory, generation }: Task): Promise<void> {
  const policy = {
    ...POLICY,
    get bufferMs(): number {
      stopHere('tokens compared');
      return POLICY.bufferMs;
    },
  };
  const store = new FileKisTokenStore(directory, policy, new SystemKisClock());
  tell(await store.save(credential, sampleToken(credential, { generation })));
}

const TASKS = { whileClaiming, beforeClaiming, beforeReplacing };

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  await TASKS[task.task](task);
}

void main();
