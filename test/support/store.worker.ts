import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SystemKisClock } from '../../src/kis/clock';
import { sampleCredential, sampleToken } from '../../src/kis/testing/sample-tokens';
import type { ClaimRequest } from '../../src/kis/token/claim-rules';
import { FileKisTokenStore } from '../../src/kis/token/file/file-kis-token.store';
import { formatNaive, parseNaive } from '../../src/kis/token/local-time';
import { decodeTokenFile } from '../../src/kis/token/token-codec';

/** A process that carries out one task on a token store. */

/** What a worker is to do; the fields are the task's own. */
interface Task {
  readonly task: keyof typeof TASKS;
  readonly directory: string;
  readonly umask?: number;
  readonly generation?: number;
  readonly rounds?: number;
  readonly times?: readonly number[];
  readonly owner?: string;
  readonly history?: string;
  readonly holdMs?: number;
  readonly cooldownMs?: number;
}

const credential = sampleCredential();
const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };

function tell(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function storeIn({ directory }: Task): FileKisTokenStore {
  return new FileKisTokenStore(directory, POLICY, new SystemKisClock());
}

function request(change: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    owner: `pid-${process.pid}`,
    holdMs: 60_000,
    above: 0,
    at: Date.now(),
    replaces: false,
    ...change,
  };
}

/** How long a token is, so that files of different lengths follow each other. */
function filler(generation: number): string {
  return 'x'.repeat((generation * 131) % 2000);
}

/** Saves newer and newer tokens until it is killed, several at any moment, also where there is no space for all. */
async function saveForever(task: Task): Promise<void> {
  const store = storeIn(task);
  let generation = task.generation ?? 1;
  const save = async (accessToken: string): Promise<void> => {
    const token = sampleToken(credential, { generation, accessToken });
    await store.save(credential, token).catch(unlessFull);
  };
  const saving = async (): Promise<never> => {
    for (;;) {
      generation += 1;
      await save(`t${generation}-${filler(generation)}`);
    }
  };
  await save(`t${generation}`);
  tell('saving');
  await Promise.all(Array.from({ length: task.rounds ?? 1 }, saving));
}

/** Where there is no space for all, files that dead writers left are removed, and those of the living with them. */
function unlessFull(error: unknown): void {
  if (!/the disk is full|the directory is gone/.test(String(error))) throw error;
}

/** Reads as unrelated programs do, until it is stopped. Whatever it finds must be a whole token. */
function readForever({ directory }: Task): Promise<void> {
  const seen = { reads: 0, tokens: 0, newest: 0, wrong: [] as string[] };
  const look = (): void => {
    for (let turn = 0; turn < 20; turn += 1) {
      seen.reads += 1;
      const name = readdirSync(directory).find((each) => each.startsWith('token_'));
      if (name === undefined) continue;
      const text = readFileSync(join(directory, name), 'utf8');
      const reading = decodeTokenFile(text, credential, POLICY);
      if (!('token' in reading)) seen.wrong.push(`${text.length} characters: ${JSON.stringify(reading)}`);
      else if (reading.token.generation < seen.newest)
        seen.wrong.push(`${reading.token.generation} after ${seen.newest}`);
      else {
        seen.tokens += 1;
        seen.newest = reading.token.generation;
      }
    }
  };
  return new Promise((resolve) => {
    const timer = setInterval(look, 2);
    tell('reading');
    process.once('SIGTERM', () => {
      clearInterval(timer);
      tell(seen);
      resolve();
    });
  });
}

/** Takes turns with others until it is killed, and writes down what it was given and when. */
async function contend({
  directory,
  history = '',
  owner = '',
  holdMs = 0,
  cooldownMs = 0,
}: Task): Promise<void> {
  const clock = new SystemKisClock();
  const store = new FileKisTokenStore(directory, POLICY, clock);
  const note = (entry: object): void => {
    appendFileSync(history, `${JSON.stringify({ owner, ...entry })}\n`);
  };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
  for (;;) {
    const began = clock.monotonic();
    const answer = await store.claim(credential, request({ owner, holdMs }));
    if (!answer.won) {
      await pause(Math.min(answer.remainingMs, 2 + Math.random() * 5));
      continue;
    }
    const { generation } = answer.claim;
    note({ won: generation, began, at: clock.monotonic() });
    await pause(Math.random() * holdMs * 1.3);
    note({ settling: generation, at: clock.monotonic() });
    await store.settle(credential, answer.claim, { cooldownMs, failure: null });
  }
}

/** Everything that makes files, then what files there are. */
async function useEverything(task: Task): Promise<void> {
  const store = storeIn(task);
  await store.probe();
  await store.save(credential, sampleToken(credential));
  const { won, claim } = await store.claim(credential, request());
  await store.settle(credential, claim, { cooldownMs: 60_000, failure: null });
  await store.reject(credential, 'deadbeefdeadbeef');
  const again = await storeIn(task).claim(credential, request());
  const { token } = await storeIn(task).read(credential);
  // Another process may have renamed its temporary file meanwhile.
  const modeOf = (path: string): string =>
    ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o7777).toString(8);
  const files = readdirSync(task.directory).sort();
  tell({
    won: [won, again.won],
    generation: token?.generation ?? null,
    directory: modeOf(task.directory),
    files: files.map((name) => [name.replace(/^.*[._]/, ''), modeOf(join(task.directory, name))]),
  });
}

/** Each of the store's methods: `fine`, or what it rejects with. */
async function tryEverything(task: Task): Promise<void> {
  const store = storeIn(task);
  const outcome = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'fine';
    } catch (error) {
      return String(error);
    }
  };
  const { claim } = await store.claim(credential, request({ holdMs: 0 })).catch(() => ({ claim: null }));
  tell({
    read: await outcome(store.read(credential)),
    probe: await outcome(store.probe()),
    save: await outcome(store.save(credential, sampleToken(credential, { generation: 9 }))),
    claim: await outcome(store.claim(credential, request({ holdMs: 0 }))),
    settle:
      claim === null
        ? 'no claim'
        : await outcome(store.settle(credential, claim, { cooldownMs: 0, failure: null })),
    remove: await outcome(store.remove(credential)),
  });
}

/** Starts again and again, as many programs that share a directory do. */
async function probe(task: Task): Promise<void> {
  const store = storeIn(task);
  const failures: string[] = [];
  for (let round = 0; round < (task.rounds ?? 0); round += 1) {
    await store.probe().catch((error: unknown) => failures.push(String(error)));
  }
  tell({ failures });
}

/** Times as they are written in this process's zone, and as they are read back. */
function writeTimes({ times = [] }: Task): Promise<void> {
  const written = times.map(formatNaive);
  tell({ written, read: written.map(parseNaive) });
  return Promise.resolve();
}

const TASKS = {
  saveForever,
  readForever,
  contend,
  useEverything,
  tryEverything,
  probe,
  writeTimes,
};

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  if (task.umask !== undefined) process.umask(task.umask);
  await TASKS[task.task](task);
}

void main();
