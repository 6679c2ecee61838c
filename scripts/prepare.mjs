// Makes a checkout ready before a command runs: installs what is missing, builds what is stale.
// Runs on a bare clone, so it uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const USAGE = 'Usage: node scripts/prepare.mjs [--build] [--quiet]';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');
const mustBeBuilt = process.argv.includes('--build');

/** No installation or build takes longer; a lock older than this was left behind. */
const LONGEST_PREPARATION_MS = 600_000;
/** The process id is written right after the lock was created; a lock without one for longer was left behind. */
const UNNAMED_LOCK_MS = 2_000;

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

/** With --quiet the output of a step is shown only when the step has failed. */
function run(what, command, args) {
  // On Windows npm is a .cmd file, which only a shell can start.
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? 'pipe' : ['ignore', 2, 2],
    maxBuffer: Infinity,
    shell: process.platform === 'win32',
  });
  if (error) fail(`${what} could not be started: ${error.message}`);
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout}${stderr}`);
  fail(`${what} failed (exit code ${status}). What is printed above says why; then run the command again.`);
}

/** Runs `work` while no other command installs or builds in this checkout. */
function exclusively(work) {
  const lock = join(root, '.preparing');
  for (let attempts = 0; !acquire(lock); attempts += 1) {
    if (attempts === 0) say('Another command is installing or building; waiting for it …');
    if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
  process.on('exit', () => rmSync(lock, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
  work();
}

function acquire(lock) {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    fail(`${lock} cannot be created: ${error.message}. Installing and building need a writable folder.`);
  }
}

/** Its owner was killed, before or after it wrote its process id. */
function isAbandoned(lock) {
  const ageMs = Date.now() - changedAt(lock);
  if (ageMs > LONGEST_PREPARATION_MS) return true;
  try {
    const owner = readFileSync(join(lock, 'pid'), 'utf8');
    if (owner === '') return ageMs > UNNAMED_LOCK_MS;
    process.kill(Number(owner), 0); // Signal 0 only tests whether the process exists.
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || (error.code === 'ENOENT' && ageMs > UNNAMED_LOCK_MS);
  }
}

function checkOptions() {
  const unknown = process.argv.slice(2).find((option) => !['--build', '--quiet'].includes(option));
  if (unknown === '--help') {
    console.log(USAGE);
    process.exit(0);
  }
  if (unknown !== undefined) fail(`There is no option "${unknown}".\n${USAGE}`, 2);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (!fits)
    fail(`Node.js ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org).`);
}

function isInstalled() {
  // npm writes this file at the end of every install, so an interrupted one is seen as missing.
  const stamp = join(root, 'node_modules', '.package-lock.json');
  return changedAt(stamp) >= changedAt(join(root, 'package-lock.json'));
}

function install() {
  say('Installing dependencies (once; about a minute) …');
  run('Installing', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

function isBuilt() {
  const inputs = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', '.swcrc'].map((f) =>
    changedAt(join(root, f)),
  );
  const newest = Math.max(newestIn(join(root, 'src')), ...inputs);
  const main = join(root, 'dist', 'main.js');
  return existsSync(main) && changedAt(main) >= newest;
}

function build() {
  say('Building …');
  const since = Date.now();
  run('The build', process.execPath, [
    join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'),
    'build',
  ]);
  removeOlder(join(root, 'dist'), since);
}

/**
 * Removes what the build did not write: the outputs of sources that are gone. The folder itself stays, because
 * `npm run dev` watches it and a running service reads from it.
 */
function removeOlder(folder, since) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOlder(path, since);
    // Some platforms keep the time of change of a copied file, but none the time of its status.
    else if (statSync(path).ctimeMs < since - 2_000) rmSync(path);
  }
}

checkOptions();
checkNode();
// Nothing is written when nothing is to be done: a built checkout may be read-only.
if (!isInstalled() || (mustBeBuilt && !isBuilt())) {
  exclusively(() => {
    if (!isInstalled()) install();
    if (mustBeBuilt && !isBuilt()) build();
  });
}
