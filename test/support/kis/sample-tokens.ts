export * from '../../../src/kis/testing/sample-tokens';
