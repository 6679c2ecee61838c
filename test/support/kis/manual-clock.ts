export * from '../../../src/kis/testing/manual-clock';
