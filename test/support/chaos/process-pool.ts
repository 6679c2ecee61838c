import { join } from 'node:path';
import type { ProgramSetting } from '../program';
import type { Exit, Worker, WorkerHost } from '../workers';
import type { ActorOrder, ActorTask } from './actor.worker';
import { notesIn, type Action } from './history';

/** One run of a process. */
export interface Actor {
  /** The machine's name, a dot, and a number that no other run has. */
  readonly name: string;
  readonly worker: Worker;
  /** It may not be stopped a second time. */
  busy: boolean;
}

export function machineOf(actor: string): string {
  return actor.split('.')[0] ?? '';
}

/** The processes of all machines: one is started for each that is killed. */
export class ProcessPool {
  /** Processes that ended without being killed. */
  readonly unexpectedExits: string[] = [];
  private readonly actors = new Map<string, Actor>();
  private readonly names: string[] = [];
  private closed = false;

  constructor(
    private readonly workerHost: WorkerHost,
    /** Where each writes its history. */
    private readonly base: string,
    private readonly keys: readonly string[],
    private readonly settingOf: (name: string) => ProgramSetting,
  ) {}

  get alive(): readonly Actor[] {
    return [...this.actors.values()];
  }

  get started(): number {
    return this.names.length;
  }

  find(name: string): Actor | undefined {
    return this.actors.get(name);
  }

  /** Starts one more process on a machine; resolves when it is up, or has ended before. */
  async start(machine: string): Promise<void> {
    if (this.closed) return;
    const name = `${machine}.${this.names.push(machine)}`;
    const task: ActorTask = { ...this.settingOf(name), keys: this.keys, history: join(this.base, name) };
    const actor = {
      name,
      worker: this.workerHost.start('chaos/actor.worker', task, { ownGroup: true }),
      busy: false,
    };
    this.actors.set(name, actor);
    void actor.worker.exited.then((exit) => {
      if (this.actors.delete(name))
        this.unexpectedExits.push(`${name} ended by itself (${JSON.stringify(exit)})`);
    });
    await actor.worker.next();
  }

  async kill({ name, worker }: Actor): Promise<void> {
    if (this.actors.delete(name)) await worker.kill();
  }

  order({ worker }: Actor, order: ActorOrder): void {
    worker.order(order);
  }

  /** Processes that do not have a token for every key yet. */
  async lacking(): Promise<string[]> {
    const answers = this.alive.map(async ({ name, worker }) => {
      this.order({ name, worker, busy: false }, { serve: true });
      const served = (await worker.next<string[]>()) ?? [];
      return served.length === this.keys.length ? [] : [`${name} has ${served.join(', ') || 'nothing'}`];
    });
    return (await Promise.all(answers)).flat();
  }

  /** Ends all, as programs end that are asked to. */
  async end(): Promise<void> {
    this.closed = true;
    const leaving = this.alive;
    this.actors.clear();
    const exits = await Promise.all(leaving.map(({ worker }) => worker.end()));
    this.unexpectedExits.push(...exits.filter(isBad).map((exit) => `ended with ${JSON.stringify(exit)}`));
  }

  actions(): Map<string, Action[]> {
    const names = this.names.map((machine, index) => `${machine}.${index + 1}`);
    return new Map(names.map((name) => [name, notesIn<Action>(join(this.base, name))]));
  }
}

function isBad({ code, signal }: Exit): boolean {
  return code !== 0 || signal !== null;
}
