// Feeds the product with random and damaged input for a chosen time. `npm run fuzz -- --help` says how to call it.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SUITE = '.e2e-spec.ts';
const suites = readdirSync(join(root, 'test', 'fuzz'))
  .filter((name) => name.endsWith(SUITE))
  .map((name) => name.slice(0, -SUITE.length));

const USAGE = `Usage: npm run fuzz -- [suite …] [options]

  suites                 ${suites.join(', ')}; all of them unless named
  --minutes 10           how long each property is tried (a suite has one or a few)
  --seed N               the same inputs again, in the same order
  --path P               with --seed: the one input that a failed run has named
  --help                 this text

"npm test" tries each property a few dozen times, and every input that has failed once (test/fuzz/support). A failure
prints the input as "Counterexample", and seed and path with which this command tries it again.
`;

function fail(text) {
  console.error(`${text}\n\n${USAGE}`);
  process.exit(2);
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        minutes: { type: 'string', default: '10' },
        seed: { type: 'string' },
        path: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { ...values, chosen: positionals };
  } catch (error) {
    return fail(error.message);
  }
}

const { minutes, seed, path, help, chosen } = options();
if (help) {
  console.log(USAGE);
  process.exit(0);
}
if (!(Number(minutes) > 0)) fail('--minutes takes a number above 0.');
if (seed !== undefined && !/^-?\d{1,10}$/.test(seed)) fail('--seed takes a whole number.');
if (path !== undefined && (seed === undefined || !/^[\d:]+$/.test(path))) {
  fail('--path takes what a failed run has printed, together with its --seed.');
}
const unknown = chosen.find((name) => !suites.includes(name));
if (unknown !== undefined) fail(`There is no suite "${unknown}".`);

const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const files = (chosen.length > 0 ? chosen : suites).map((name) => join('test', 'fuzz', `${name}${SUITE}`));
const { status, signal } = spawnSync(process.execPath, [jest, '--runInBand', '--runTestsByPath', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    FUZZ_SECONDS: String(Number(minutes) * 60),
    ...(seed === undefined ? {} : { FUZZ_SEED: seed }),
    ...(path === undefined ? {} : { FUZZ_PATH: path }),
  },
});
process.exit(status ?? (signal ? 130 : 1));
