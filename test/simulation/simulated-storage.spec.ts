import { NO_CLAIM } from '../../src/kis/token/claim-rules';
import { sampleCredential, sampleToken } from '../../src/kis/testing/sample-tokens';
import { History } from './history';
import { SimulatedStorage } from './simulated-storage';
import { VirtualScheduler } from './virtual-scheduler';

const HOLD_MS = 71_000;

describe('A storage of the simulation, after one of our processes has deleted the token', () => {
  let scheduler: VirtualScheduler;
  let history: History;
  let storage: SimulatedStorage;
  const token = sampleToken(sampleCredential(), { generation: 7 });

  beforeEach(() => {
    scheduler = new VirtualScheduler(0);
    history = new History(scheduler, 0, false);
    storage = new SimulatedStorage('the storage', history);
    claim(7);
    const { time } = scheduler;
    storage.handedOutAt = () => time;
    scheduler.time += 1000;
    storage.deleted(7);
    storage.put(null);
  });

  function claim(generation: number): void {
    scheduler.time += HOLD_MS;
    storage.claimed({ ...NO_CLAIM, generation }, 'one', HOLD_MS, false);
  }

  it('reports a process that saves the token again, whatever claims have been taken since', () => {
    storage.saved(token, 'two', false);
    claim(8);
    storage.saved(token, 'two', false);
    expect(history.violations).toHaveLength(2);
    expect(history.violations[0]).toMatch(/two saved 7 in the storage after it was deleted/);
  });

  it('reports none that saves it when KIS has handed it out again, or under a later claim', () => {
    storage.saved(token.with({ generation: 8 }), 'two', false);
    storage.handedOutAt = () => scheduler.time;
    storage.saved(token, 'two', true);
    expect(history.violations).toEqual([]);
  });

  it('reports nothing when the record of the deletion was lost, even if another claim has the same generation', () => {
    storage.lose();
    claim(7);
    storage.saved(token, 'two', false);
    expect(history.violations).toEqual([]);
  });
});
