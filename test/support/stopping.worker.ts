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

/** Under the lock: it has read the claim and not yet written its own. */
async function whileClaiming({ directory }: Task): Promise<void> {
  class StoppingClock extends SystemKisClock {
    override now(): number {
      stopHere('claim read');
      return super.now();
    }
  }
  const store = new FileKisTokenStore(directory, POLICY, new StoppingClock());
  const request = { owner: 'stopped', holdMs: 1, above: 0, at: 0, replaces: false };
  const { won } = await store.claim(credential, request);
  tell({ won });
}

/** Under the lock: it has compared its token with a file of five fields and not yet renamed its own. */
async function whileReplacing({ directory, generation }: Task): Promise<void> {
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

/** Before the lock: the new file is written completely and not in place. */
async function beforeReplacing({ directory, generation }: Task): Promise<void> {
  class StoppingClock extends SystemKisClock {
    private stopped = false;

    override monotonic(): number {
      if (!this.stopped) {
        this.stopped = true;
        stopHere('file written');
      }
      return super.monotonic();
    }
  }
  const store = new FileKisTokenStore(directory, POLICY, new StoppingClock());
  tell(await store.save(credential, sampleToken(credential, { generation })));
}

const TASKS = { whileClaiming, whileReplacing, beforeReplacing };

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  await TASKS[task.task](task);
}

void main();
