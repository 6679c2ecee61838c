import { describePermitLog } from './permit-log.contract';
import { MemoryPermitLog } from './memory-permit-log';

describePermitLog('MemoryPermitLog', (clock) => {
  const log = new MemoryPermitLog(clock);
  return Promise.resolve({ log, another: () => log, close: () => Promise.resolve() });
});
