import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KisConfiguration, type KisOptions } from '../../../src/kis';
import { tokenFileNames } from '../../../src/kis/token/file/file-tokens';
import { decodeTokenFile } from '../../../src/kis/token/token-codec';
import { note, TORN_ON_PURPOSE, type Observation } from './history';

/** Reads token files continuously, as unrelated programs do, and records their changes. */
export interface ObserverTask {
  readonly kis: KisOptions;
  readonly machine: string;
  readonly directory: string;
  readonly history: string;
}

const EVERY_MS = 5;

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

class Observer {
  private readonly configuration: KisConfiguration;
  private readonly last = new Map<string, string>();

  constructor(private readonly task: ObserverTask) {
    this.configuration = new KisConfiguration(task.kis);
  }

  look(): void {
    for (const { alias } of this.configuration.accounts) {
      const observation = this.lookAt(alias);
      const news = JSON.stringify({ ...observation, at: 0 });
      if (this.last.get(alias) === news) continue;
      this.last.set(alias, news);
      note(this.task.history, observation);
    }
  }

  private lookAt(key: string): Observation {
    const { machine, directory } = this.task;
    const { credential } = this.configuration.account(key);
    const text = textOf(join(directory, tokenFileNames(credential).token));
    const where = { machine, key, at: Date.now() };
    if (text === null || text === TORN_ON_PURPOSE) return { ...where, saw: 'nothing' };
    const reading = decodeTokenFile(text, credential, this.configuration.tokenPolicy);
    if (!('token' in reading)) {
      return { ...where, saw: 'damage', what: `${text.length} characters: ${JSON.stringify(reading)}` };
    }
    const { fingerprint: token, generation } = reading.token;
    return { ...where, saw: 'token', token, generation };
  }
}

function main(): void {
  const observer = new Observer(JSON.parse(process.argv[2] ?? '') as ObserverTask);
  const looking = setInterval(() => {
    observer.look();
  }, EVERY_MS);
  process.stdout.write('"looking"\n');
  process.stdin.resume().on('end', () => {
    clearInterval(looking);
  });
}

main();
