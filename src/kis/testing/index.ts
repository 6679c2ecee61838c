/**
 * For the tests of an application that brings a token store of its own: what every store promises, as a suite, and what
 * the suite is made of. `describeKisTokenStore` uses the globals `describe`, `it`, `expect`, `beforeEach` and `afterEach` of
 * Jest, or of a runner that has the same ones; nothing is needed when this is imported.
 */
export { describeKisTokenStore } from '../token/kis-token.store.contract';
export { FixedKisRandom, ManualKisClock } from './manual-clock';
export { sampleCredential, sampleToken } from './sample-tokens';
export type { OpenStore, StoreUnderTest } from './store-fixture';
