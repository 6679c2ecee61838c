import { describeKisTokenStore } from './kis-token.store.contract';
import { MemoryKisTokenStore } from './memory-kis-token.store';

describeKisTokenStore('MemoryKisTokenStore', (clock) => {
  const store = new MemoryKisTokenStore(clock);
  return Promise.resolve({ store, another: () => store, close: () => Promise.resolve() });
});
