import { oldestToken } from './foreign-token';
import type { ServiceInstance, Simulation } from './simulation';

const LOOKS_DURING_DELETION_MS = [0, 5, 10, 15, 20, 25];

/** A person deletes or revokes the token by one of our processes, and sometimes imports an older one. */
export async function deleteToken(simulation: Simulation, instance: ServiceInstance): Promise<void> {
  const { random, history, scheduler, configuration } = simulation;
  const [revoke, imports] = [random.happens(0.3), random.happens(0.3)];
  history.record(`a person ${revoke ? 'revokes' : 'deletes'} the token by ${instance.process.name}`);
  const from = scheduler.time;
  simulation.deletedAt = from;
  const older = imports ? oldestToken(simulation) : null;
  // What it reads of the store at the same time must not bring the token back.
  for (const delayMs of LOOKS_DURING_DELETION_MS) {
    scheduler.after(delayMs, () => {
      instance.process.deliver(() => void instance.tokens.refreshDue());
    });
  }
  try {
    await instance.tokens.deleteToken('main', { revoke });
    simulation.deletedAt = scheduler.time;
    instance.deletion = { from, generation: instance.stores[0]?.storage.deletedGeneration ?? 0 };
    if (older === null) return;
    history.record('and imports an older one');
    const { id: owner } = configuration.account().credential;
    await instance.tokens.saveToken(older.with({ owner }));
  } catch (error) {
    simulation.deletedAt = scheduler.time;
    history.record(`that fails: ${error instanceof Error ? error.message : ''}`);
  }
}
