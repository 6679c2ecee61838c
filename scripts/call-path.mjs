// Counts the files and functions of the project that one getToken() runs through: for a token in memory, for one in
// the store, and for one that has to be requested. `npm run build` first; works on what was built.
import { Session } from 'node:inspector/promises';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { ScheduleModule } = require('@nestjs/schedule');
const kis = require(join(dist, 'kis/index.js'));
const { startSimulator } = require(join(dist, 'simulator/index.js'));

const verbose = process.argv.includes('--files');

/** The library as a program uses it, over a token directory. */
async function open(simulator, tokenDir) {
  const { appKey, appSecret, accountNumber, accountCode } = simulator.demo.mock;
  const account = { alias: 'main', mode: 'MOCK', baseUrl: simulator.mockUrl };
  const options = {
    tokenDir,
    // The scheduled job would request the token before its caller does.
    scheduledRefresh: false,
    accounts: [{ ...account, appKey, appSecret, accountNumber, accountCode }],
  };
  class Host {}
  const root = {
    module: Host,
    imports: [ScheduleModule.forRoot(), kis.KisModule.forRootAsync({ useFactory: () => options })],
  };
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  return { app, tokens: app.get(kis.KisTokenService) };
}

/** What runs while `work` does, by V8's own counts. */
async function covered(work) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  const own = pathToFileURL(join(dist, 'kis')).href;
  return result
    .filter(({ url }) => url.startsWith(own) || url.startsWith(join(dist, 'kis')))
    .map(({ url, functions }) => {
      const path = url.startsWith('file:') ? fileURLToPath(url) : url;
      const called = functions.filter(
        ({ ranges, functionName }) => ranges[0].count > 0 && functionName !== '',
      );
      return { file: relative(dist, path), names: withoutImports(path, called) };
    })
    .filter(({ names }) => names.length > 0);
}

/** The compiler turns each export into a getter that runs when another file uses the name; these are not counted. */
function withoutImports(path, functions) {
  const exported = require(path);
  const names = functions.map(({ functionName }) => functionName);
  return names.filter((name) => !(name.startsWith('get ') && name.slice(4) in exported));
}

function report(name, files) {
  const calls = files.reduce((sum, { names }) => sum + names.length, 0);
  console.log(
    `${name.padEnd(28)} ${String(files.length).padStart(3)} files ${String(calls).padStart(4)} functions`,
  );
  if (verbose) for (const { file, names } of files) console.log(`    ${file}: ${names.join(', ')}`);
}

const directory = mkdtempSync(join(tmpdir(), 'kis-call-path-'));
const simulator = await startSimulator({ mockPort: 0, realPort: null });
const opened = [];
try {
  const first = await open(simulator, directory);
  // Opened while the directory is still empty, so that its first look at the store is that of its caller.
  const second = await open(simulator, directory);
  opened.push(first, second);
  report('requested from KIS', await covered(() => first.tokens.getToken()));
  await first.tokens.getToken();
  // The claim is settled after the token was handed out; that is part of no later call.
  await setTimeout(300);
  report('in memory (fresh)', await covered(() => first.tokens.getToken()));
  report('in the store', await covered(() => second.tokens.getToken()));
  if (readdirSync(directory).length === 0) throw new Error('No token was stored: the figures mean nothing.');
} finally {
  for (const { app } of opened) await app.close();
  await simulator.stop();
  rmSync(directory, { recursive: true, force: true });
}
