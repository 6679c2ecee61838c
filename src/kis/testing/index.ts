/**
 * For the tests of an application with a token store of its own: the contract of all stores as a test suite, and the
 * helpers that the suite consists of. `describeKisTokenStore` uses the globals `describe`, `it`, `expect`, `beforeEach`
 * and `afterEach` of Jest, or of a runner that has the same ones; none of them is needed at import time.
 */
export { describeKisTokenStore } from '../token/kis-token.store.contract';
export { FixedKisRandom, ManualKisClock } from './manual-clock';
export { sampleCredential, sampleToken } from './sample-tokens';
export type { OpenStore, StoreUnderTest } from './store-fixture';
