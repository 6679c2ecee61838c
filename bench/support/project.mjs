// The project under test, as it is built in dist/, and things to try it with.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchRoot, fromProject, root } from './resolve.mjs';

export const mainFile = join(root, 'dist', 'main.js');

/** The options of Node.js with which `npm start` runs it. */
export const startOptions = fromProject('./package.json')
  .scripts.start.split(' ')
  .filter((word) => word.startsWith('--'));

/** The library, through its public surface only. */
export const kis = fromProject('./dist/kis/index.js');

const HOUR_MS = 3_600_000;
const TMPFS = 0x01021994;

/** An unused key pair and account, in the form in which KIS issues them. */
export function newAccount(more = {}) {
  return {
    alias: 'main',
    mode: 'MOCK',
    appKey: `PS${randomBytes(17).toString('hex')}`,
    appSecret: randomBytes(90).toString('hex'),
    accountNumber: String(50_000_000 + randomBytes(3).readUIntBE(0, 3)),
    ...more,
  };
}

/** A token that is fresh for hours, of the length that KIS tokens have. */
export function freshToken(credential, now = Date.now()) {
  return new kis.KisToken({
    accessToken: `eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.${randomBytes(135).toString('base64url')}.${randomBytes(64).toString('base64url')}`,
    tokenType: 'Bearer',
    issuedAt: now,
    expiresAt: now + 24 * HOUR_MS,
    refreshAt: now + 22 * HOUR_MS,
    generation: 1,
    owner: credential.id,
  });
}

/** The library in a Nest context without a server and without the scheduled job. */
export async function openLibrary(options) {
  fromProject('reflect-metadata');
  const { Module } = fromProject('@nestjs/common');
  const { NestFactory } = fromProject('@nestjs/core');
  class Bench {}
  Module({ imports: [kis.KisModule.forRoot({ scheduledRefresh: false, ...options })] })(Bench);
  const context = await NestFactory.createApplicationContext(Bench, { logger: false, abortOnError: false });
  return { get: (token) => context.get(token, { strict: false }), close: () => context.close() };
}

const directories = new Set();

process.once('exit', () => {
  for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
});

/** A directory on a real disk, removed when the process ends: on tmpfs a durable write would cost nothing. */
export function temporaryDirectory() {
  const parent = statfsSync(tmpdir()).type === TMPFS ? join(benchRoot, '.work') : tmpdir();
  mkdirSync(parent, { recursive: true });
  const path = mkdtempSync(join(parent, 'kis-bench-'));
  directories.add(path);
  return path;
}
