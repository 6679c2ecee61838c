// The benchmarks; `npm run bench -- --help` says how to call it. Installs what is compared with, runs each benchmark
// in a process of its own, prints tables, and keeps the results in bench/results.json and bench/RESULTS.md.
import { fork, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const resultsFile = join(here, 'results.json');
const NAMES = [
  'hot',
  'attach',
  'balance',
  'gateway',
  'stream',
  'start',
  'store',
  'herd',
  'rotate',
  'many',
  'pace',
  'order',
];
const USAGE = `Usage: npm run bench [-- <name> …] [--quick | --report]

  <name>      only these, of: ${NAMES.join(', ')}
  --quick     a smoke run, whose figures mean little and are not kept
  --report    runs nothing and writes RESULTS.md again, after a change of findings.md
  --help      this text
`;
const PATIENCE_MS = 15 * 60_000;
/** The heap is looked at closely, and is large. */
const NODE_OPTIONS = { many: ['--expose-gc', '--max-old-space-size=8192'] };

function options() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        report: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    });
    const unknown = positionals.find((name) => !NAMES.includes(name));
    if (unknown !== undefined) throw new Error(`There is no benchmark "${unknown}".`);
    return {
      ...values,
      names: positionals.length > 0 ? NAMES.filter((name) => positionals.includes(name)) : NAMES,
    };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function changedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function installPeers() {
  if (
    changedAt(join(here, 'node_modules', '.package-lock.json')) >= changedAt(join(here, 'package-lock.json'))
  )
    return;
  console.error('Installing what the benchmarks compare with (once) …');
  const { status } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: here,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) process.exit(1);
}

/** In a process of its own: no benchmark inherits the heap, the compiled code or the timers of another. */
async function runOne(name, quick) {
  const nodeOptions = NODE_OPTIONS[name] ?? [];
  return new Promise((resolve, reject) => {
    const child = fork(join(here, 'support', 'one.mjs'), [name, ...(quick ? ['--quick'] : [])], {
      execArgv: nodeOptions,
    });
    const limit = setTimeout(() => child.kill('SIGTERM'), PATIENCE_MS);
    let result = null;
    child.on('message', (message) => (result = message));
    child.on('exit', (code) => {
      clearTimeout(limit);
      if (result) resolve(result);
      else reject(new Error(`The benchmark ended without a result (exit code ${code}).`));
    });
  });
}

function machine() {
  const [{ model }] = cpus();
  return {
    processor: `${model.trim()}, ${availableParallelism()} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    'load before': loadBefore.toFixed(1),
    system: `${platform()} ${release()} ${arch()}`,
    'Node.js': process.version,
    ...versions(),
    commit:
      spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).stdout?.trim() ||
      'unknown',
  };
}

function versions() {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).dependencies;
  const ours = Object.entries(read(join(root, 'package.json'))).filter(([name]) =>
    ['@nestjs/core', '@nestjs/axios', 'axios'].includes(name),
  );
  return Object.fromEntries([...ours, ...Object.entries(read(join(here, 'package.json')))]);
}

/** What was tried by hand, by benchmark: the sections of findings.md. */
function readFindings() {
  const [, ...sections] = readFileSync(join(here, 'findings.md'), 'utf8').split(/^## /m);
  return Object.fromEntries(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')).trim(),
      section.slice(section.indexOf('\n')),
    ]),
  );
}

function kept() {
  return existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : { results: {} };
}

function writeReport(all, reportMarkdown) {
  writeFileSync(join(here, 'RESULTS.md'), reportMarkdown(all, readFindings()));
}

/** Results of benchmarks that were not run this time stay. */
function keep(fresh, reportMarkdown) {
  const before = kept().results;
  const results = Object.fromEntries(
    NAMES.map((name) => [name, fresh[name] ?? before[name]]).filter(([, result]) => result),
  );
  const all = { machine: machine(), results };
  writeFileSync(resultsFile, `${JSON.stringify(all, null, 2)}\n`);
  writeReport(all, reportMarkdown);
}

const loadBefore = loadavg()[0];
const { quick, report, help, names } = options();
if (help) {
  console.log(USAGE);
  process.exit(0);
}
installPeers();
const { reportMarkdown, tableText, targetsText } = await import('./support/report.mjs');
const fresh = {};
for (const name of report ? [] : names) {
  const began = performance.now();
  console.error(`${name} …`);
  try {
    const result = await runOne(name, quick);
    fresh[name] = { at: new Date().toISOString(), seconds: (performance.now() - began) / 1000, ...result };
    console.log(`\n=== ${name}: ${result.title} (${Math.round(fresh[name].seconds)} s)\n`);
    console.log(
      [...result.tables.map(tableText), ...(result.notes ?? []), targetsText(result.targets)].join('\n\n'),
    );
  } catch (error) {
    console.error(`${name} failed: ${error.message}`);
    process.exitCode = 1;
  }
}
if (quick) console.log('\nA quick run: figures mean little, and nothing was kept.');
else if (report) writeReport(kept(), reportMarkdown);
else keep(fresh, reportMarkdown);
