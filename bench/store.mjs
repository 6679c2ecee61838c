// Loading a token, keeping it durably, and taking the turn to ask KIS.
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { accountEnv } from './support/api.mjs';
import { milliseconds, quantile, rotate } from './support/harness.mjs';
import { freshToken, kis, newAccount, openLibrary, temporaryDirectory } from './support/project.mjs';
import { startRedis } from './support/redis.mjs';
import { target } from './support/report.mjs';
import { fromProject } from './support/resolve.mjs';

const { loadConfig } = fromProject('./dist/config/load-config.js');

const FILE = 'file store';
const REDIS = 'Redis store';
const FLOOR = 'floor: bare fs';
const REDIS_FLOOR = 'floor: bare ioredis';

export default async function store({ quick }) {
  const redis = await startRedis();
  const contenders = [await bareFiles(), await fileStore()];
  const redisStore = redis && (await openStore(redisOptions(redis.url), 'redis'));
  if (redis) contenders.push(bareRedis(redis.client));
  if (redisStore) contenders.push({ name: REDIS, ...redisStore });

  const operations = {};
  for (const operation of ['load', 'save', 'claim']) {
    operations[operation] = await measure(contenders, operation, quick);
  }
  for (const { close } of contenders) await close?.();
  await redis?.stop();
  return summary(operations, redis, redisStore);
}

/** Each run is a series, and every operation in it is timed: what matters is the slow one in a hundred. */
async function measure(contenders, operation, quick) {
  const runs = contenders.map(({ name, [operation]: work, ['after' + operation]: after }) => ({
    name,
    run: async () => {
      const samples = [];
      for (let turn = 0; turn < (quick ? 20 : 50); turn += 1) {
        samples.push(...(await milliseconds(1, () => work(turn))));
        await after?.();
      }
      return samples;
    },
  }));
  return rotate(runs, { rounds: quick ? 3 : 41, budgetMs: quick ? 3_000 : 30_000 });
}

async function fileStore() {
  const options = { accounts: [newAccount()], tokenStore: 'file', tokenDir: temporaryDirectory() };
  return { name: FILE, ...(await openStore(options, 'file')) };
}

/** By the variables of the environment, whose names are fixed; `null` when this version refuses them. */
function redisOptions(url) {
  const variables = {
    ...accountEnv([newAccount()]),
    KIS_TOKEN_STORE: 'redis',
    REDIS_URL: url,
    KIS_TOKEN_DIR: temporaryDirectory(),
  };
  try {
    return loadConfig(variables).kis;
  } catch {
    return null;
  }
}

/** The store as the token service gets it; `null` when this version has no such store. */
async function openStore(options, kind) {
  if (options === null) return null;
  const library = await openLibrary(options);
  const tokens = library.get(kis.KisTokenStore);
  if (tokens.kind !== kind) {
    await library.close();
    return null;
  }
  const [{ credential }] = library.get(kis.KisConfiguration).accounts;
  // Made beforehand: what is measured is keeping a token, not hashing one.
  const series = Array.from({ length: 10_000 }, (_, index) =>
    freshToken(credential).with({ generation: index + 1 }),
  );
  await tokens.save(credential, series[0]);
  let generation = 0;
  let taken = null;
  return {
    load: () => tokens.read(credential),
    save: async () => {
      generation += 1;
      await tokens.save(credential, series[generation]);
    },
    claim: async () => {
      const at = Date.now();
      taken = await tokens.claim(credential, {
        owner: 'bench',
        holdMs: 60_000,
        above: generation,
        at,
        replaces: false,
        alone: true,
      });
      if (!taken.won) throw new Error('A claim that nobody holds was not won.');
    },
    afterclaim: () => tokens.settle(credential, taken.claim, { cooldownMs: 0, failure: null }),
    close: () => library.close(),
  };
}

/** The system calls that cannot be done without. */
async function bareFiles() {
  const directory = temporaryDirectory();
  const text = `${JSON.stringify({ access_token: 'e'.repeat(350), token_type: 'Bearer', expires_in: 86_400, more: 'm'.repeat(300) }, null, 2)}\n`;
  const file = join(directory, 'token.json');
  const writeThrough = async (path) => {
    const handle = await open(path, 'w', 0o600);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
  };
  const durable = async (path) => {
    await writeThrough(`${path}.tmp`);
    await rename(`${path}.tmp`, path);
    const folder = await open(directory, 'r');
    await folder.sync();
    await folder.close();
  };
  await writeThrough(file);
  return {
    name: FLOOR,
    load: async () => JSON.parse(await readFile(file, 'utf8')),
    save: () => durable(file),
    claim: () => durable(join(directory, 'claim.json')),
  };
}

function bareRedis(client) {
  const text = 't'.repeat(900);
  return {
    name: REDIS_FLOOR,
    load: () => client.get('bench:token'),
    save: () => client.set('bench:token', text),
    claim: () => client.set('bench:claim', text, 'PX', 60_000, 'NX'),
    afterclaim: () => client.del('bench:claim'),
  };
}

function summary(operations, redis, redisStore) {
  const msOf = (operation, name) => (operations[operation].get(name) ?? []).flat();
  const names = [FLOOR, FILE, REDIS_FLOOR, REDIS].filter((name) => operations.load.has(name));
  const tables = Object.keys(operations).map((operation) => ({
    caption: `${operation}, milliseconds`,
    columns: ['contender', 'median', 'q1', 'q3', 'p99', '× floor'],
    rows: names.map((name) => {
      const ms = msOf(operation, name);
      const floor = msOf(operation, name.includes('edis') ? REDIS_FLOOR : FLOOR);
      const medianMs = quantile(ms, 0.5);
      return [
        name,
        medianMs,
        quantile(ms, 0.25),
        quantile(ms, 0.75),
        quantile(ms, 0.99),
        medianMs / quantile(floor, 0.5),
      ];
    }),
  }));
  const limits = { load: 0.3, save: 3, claim: 3 };
  const targets = [FILE, ...(redisStore ? [REDIS] : [])].flatMap((name) =>
    Object.entries(limits).map(([operation, limit]) =>
      target(`${name}: ${operation}, median`, {
        goal: 'at most',
        limit,
        measured: quantile(msOf(operation, name), 0.5),
        unit: 'ms',
      }),
    ),
  );
  const notes = [
    'Saving is durable: fsync of the file and of its directory. The floor does the same with bare system calls; Redis runs without persistence.',
  ];
  if (!redis) notes.push('Redis was not measured: there is no redis-server on the PATH.');
  else if (!redisStore) notes.push('The Redis store was not measured: this version has none.');
  return { title: 'tokens and claims at rest', tables, targets, notes };
}
