import { createInterface } from 'node:readline';
import { openProgram, type Program, type ProgramSetting } from '../program';
import { note } from './history';

/** A program that requests tokens and makes calls without end, and writes down what it gets. */
export interface ActorTask extends ProgramSetting {
  /** Aliases of the accounts. */
  readonly keys: readonly string[];
  readonly history: string;
}

export interface ActorOrder {
  /** Keeps the event loop busy for so long. */
  readonly blockMs?: number;
  /** Tells for which keys a token that KIS accepts is to be had. */
  readonly serve?: boolean;
}

const USERS = 4;
const LONGEST_PAUSE_MS = 60;
const BEAT_MS = 20;
/** A beat this late means that the process was stopped. */
const LATE_MS = 100;

class Actor {
  private leaving = false;

  constructor(
    private readonly program: Program,
    private readonly task: ActorTask,
  ) {}

  async live(): Promise<void> {
    note(this.task.history, { did: 'start', at: Date.now() });
    process.stdout.write('"up"\n');
    const heart = this.beat();
    const users = Array.from({ length: USERS }, () => this.use());
    for await (const line of createInterface(process.stdin)) await this.obey(JSON.parse(line) as ActorOrder);
    this.leaving = true;
    await Promise.all(users);
    clearInterval(heart);
    await this.program.close();
  }

  private async obey({ blockMs = 0, serve }: ActorOrder): Promise<void> {
    const until = Date.now() + blockMs;
    while (Date.now() < until);
    if (serve) process.stdout.write(`${JSON.stringify(await this.served())}\n`);
  }

  private async served(): Promise<string[]> {
    const outcomes = await Promise.allSettled(this.task.keys.map((key) => this.program.call('005930', key)));
    return this.task.keys.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  }

  private async use(): Promise<void> {
    for (let turn = 0; !this.leaving; turn += 1) {
      const key = this.task.keys[Math.floor(Math.random() * this.task.keys.length)] ?? '';
      await (turn % 5 === 0 ? this.call(key) : this.get(key));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
    }
  }

  private async get(key: string): Promise<void> {
    await this.noted(key, async (from) => {
      const { fingerprint } = await this.program.tokens.getToken(key);
      note(this.task.history, { did: 'get', key, from, at: Date.now(), token: fingerprint });
    });
  }

  private async call(key: string): Promise<void> {
    await this.noted(key, async (from) => {
      await this.program.call('005930', key);
      note(this.task.history, { did: 'call', key, from, at: Date.now() });
    });
  }

  private async noted(key: string, work: (from: number) => Promise<void>): Promise<void> {
    const from = Date.now();
    try {
      await work(from);
    } catch (error) {
      const { code = '', message } = error as Error & { code?: string };
      note(this.task.history, { did: 'fail', key, from, at: Date.now(), why: `${code} ${message}` });
    }
  }

  private beat(): NodeJS.Timeout {
    let last = Date.now();
    return setInterval(() => {
      const at = Date.now();
      if (at - last > LATE_MS) note(this.task.history, { did: 'stand', from: last, at });
      last = at;
    }, BEAT_MS);
  }
}

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as ActorTask;
  await new Actor(await openProgram(task), task).live();
}

void main();
