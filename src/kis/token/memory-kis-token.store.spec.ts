import { describeKisTokenStore } from './kis-token.store.contract';
import { MemoryKisTokenStore } from './memory-kis-token.store';
import { describeForgottenDeletions } from './records.contract';
import type { OpenStore } from '../testing/store-fixture';

const open: OpenStore = (clock) => {
  const store = new MemoryKisTokenStore(clock);
  return Promise.resolve({ store, another: () => store, close: () => Promise.resolve() });
};

describeKisTokenStore('MemoryKisTokenStore', open);
describe('MemoryKisTokenStore, as a local store', () => {
  describeForgottenDeletions(open);
});
