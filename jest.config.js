const fs = require('node:fs');

/** One transformer for the build and the tests: what is tested is what runs. */
const swc = JSON.parse(fs.readFileSync(`${__dirname}/.swcrc`, 'utf8'));
delete swc.$schema;

/** @type {import('jest').Config} */
module.exports = {
  rootDir: '.',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/typescript-threads.js'],
  // A slow machine is no failure; nothing here waits for real time to pass.
  testTimeout: 120_000,
  testRegex: String.raw`\.(spec|e2e-spec)\.ts$`,
  moduleFileExtensions: ['js', 'json', 'ts'],
  transform: { [String.raw`^.+\.[tj]s$`]: ['@swc/jest', { ...swc, sourceMaps: 'inline' }] },
  transformIgnorePatterns: ['/node_modules/'],
  collectCoverageFrom: [
    'src/**/*.ts',
    '!src/main*.ts',
    '!src/**/*.spec.ts',
    '!src/**/*.contract.ts',
    '!src/**/*.d.ts',
  ],
  coverageProvider: 'v8',
  workerIdleMemoryLimit: '1GB',
};
