// Makes a checkout ready before a command runs: installs what is missing, builds what is stale.
// Runs on a bare clone, so it uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const USAGE = 'Usage: node scripts/prepare.mjs [--build] [--quiet]';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');
const LONGEST_PREPARATION_MS = 600_000;

/** Progress goes to standard error: standard output belongs to the command that follows. */
function say(text) {
  if (!quiet) process.stderr.write(`${text}\n`);
}

function fail(text, code = 1) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function changedAt(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function newestIn(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : changedAt(path));
  }
  return Math.max(newest, changedAt(folder));
}

function run(what, command, args) {
  // On Windows npm is a .cmd file, which only a shell can start.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', quiet ? 'ignore' : 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) fail(`${what} could not be started: ${error.message}`);
  if (status !== 0)
    fail(`${what} failed (exit code ${status}). What is printed above says why; then run the command again.`);
}

/** Two commands in two terminals must not install or build into each other. */
function alone(work) {
  const lock = join(root, '.preparing');
  const patience = Date.now() + LONGEST_PREPARATION_MS;
  for (let told = false; !taken(lock); told = true) {
    if (!told) say('Another command is installing or building; waiting for it …');
    if (Date.now() > patience || isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
  process.on('exit', () => rmSync(lock, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
  work();
}

function taken(lock) {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    fail(`${lock} cannot be made: ${error.message}. Is this folder writable?`);
  }
}

/** Its owner was killed: a signal of number 0 only asks whether a process is there. */
function isAbandoned(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function checkOptions() {
  const odd = process.argv.slice(2).find((option) => !['--build', '--quiet'].includes(option));
  if (odd === '--help') {
    console.log(USAGE);
    process.exit(0);
  }
  if (odd !== undefined) fail(`There is no option "${odd}".\n${USAGE}`, 2);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (!fits)
    fail(`Node.js ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org).`);
}

function install() {
  // npm writes this file at the end of every install, so an interrupted one is seen as missing.
  const stamp = join(root, 'node_modules', '.package-lock.json');
  if (changedAt(stamp) >= changedAt(join(root, 'package-lock.json'))) return;
  say('Installing dependencies (once; about a minute) …');
  run('Installing', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

function build() {
  const inputs = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', '.swcrc'].map((f) =>
    changedAt(join(root, f)),
  );
  const newest = Math.max(newestIn(join(root, 'src')), ...inputs);
  const built = join(root, 'dist', 'main.js');
  if (existsSync(built) && changedAt(built) >= newest) return;
  say('Building …');
  run('The build', process.execPath, [
    join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'),
    'build',
  ]);
}

checkOptions();
checkNode();
alone(() => {
  install();
  if (process.argv.includes('--build')) build();
});
