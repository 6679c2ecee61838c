// Real processes over a week with short days. `npm run soak -- --help` says how to call it, and what is scaled.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hasPython, INTENT_HEADER, NodeProgram, runPython, Tally } from './soak/programs.mjs';
import { verdict } from './soak/verdict.mjs';
import { scaledTimes, World } from './soak/world.mjs';

const DAYS = 7;
/** At the real host (notice of 2026-04-20). */
const PER_SECOND = 18;
const LOOK_EVERY_MS = 5000;
const FAULT_MS = 2000;

const USAGE = `Usage: npm run soak -- [--minutes 10] [--keep]

Two services of the build over one home, a simulator of KIS, and programs that go through the gateway: two in Node.js that
read as fast as they are served, order and repeat, two websockets, and two scripts in Python in the style of the official
samples, started again and again. Once a day a service is killed, and the answers of orders are lost for a while.

  --minutes 10   how long the week takes: with 10, a day takes 86 seconds
  --keep         leaves the folder with what all processes wrote, and says where it is
  --help         this text

Scaled with the day: the life of tokens, the six hours in which KIS answers with the same one, lead and buffer of the refresh.
One token request a minute would be one in less than a second: the interval is a fortieth of a day. Not scaled: calls a
second, time limits, websockets, the minute in which a repeated order means the first, and the ten seconds by which a
clock may be wrong, which a token lives longer than a day for that reason. Exit code 0 when every rule held, 1 when one did not, 2 for a wrong option.
`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '10' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (!(Number(values.minutes) >= 5)) throw new Error('--minutes takes a number from 5 on.');
    return { ...values, minutes: Number(values.minutes) };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    return process.exit(2);
  }
}

/** What the brokerage saw, read before it forgets. */
class Watch {
  limit = PER_SECOND;
  calls = 0;
  tooMany = 0;
  mostSessions = 0;
  /** By the id that a program gave its order: when it arrived. */
  intents = new Map();
  since = 0;

  async look(world) {
    const { requests } = await world.control('requests?limit=5000');
    const fresh = requests
      .map((each) => ({ ...each, at: Date.parse(each.at) }))
      .filter(({ at }) => at > this.since);
    // Two may arrive in the same millisecond, of which only one was there at the last look.
    const until = Math.max(this.since, Date.now() - 100);
    for (const request of fresh.filter(({ at }) => at <= until)) this.note(request);
    this.since = until;
    const { sessions } = await world.control('realtime');
    this.mostSessions = Math.max(this.mostSessions, sessions.length);
  }

  note({ at, path, code, headers }) {
    if (!path.startsWith('/uapi/')) return;
    this.calls += 1;
    if (code === 'EGW00201') this.tooMany += 1;
    const id = headers.find(([name]) => name.toLowerCase() === INTENT_HEADER)?.[1];
    if (id !== undefined && code !== 'EGW00123') this.intents.set(id, [...(this.intents.get(id) ?? []), at]);
  }
}

async function soak({ minutes, keep }) {
  const daySeconds = (minutes * 60) / DAYS;
  const times = scaledTimes(daySeconds);
  const world = new World();
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  const [tally, watch, memory] = [new Tally(), new Watch(), []];
  let began = Date.now();
  try {
    await world.start(times);
    began = Date.now();
    const { running } = await startPrograms(world, tally, ending.signal);
    running.catch(() => ending.abort()); // What it was is thrown below.
    for (let looks = 1; !ending.signal.aborted && Date.now() - began < minutes * 60_000; looks += 1) {
      await delay(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      await watch.look(world);
      memory.push(await world.memoryOf(0));
      const day = (Date.now() - began) / 1000 / daySeconds;
      if (Math.floor(day + 0.5) > world.kills && day < DAYS - 0.4) await trouble(world);
      if (looks % 6 === 0) progress(day, tally, memory);
    }
    ending.abort();
    await running;
    await delay(200);
    await watch.look(world);
    const days = Math.round((Date.now() - began) / 1000 / daySeconds);
    const [issues, orders] = [await world.control('issues'), await world.control('orders')];
    return report(verdict({ days, daySeconds, tally, watch, issues, orders, memory }));
  } finally {
    ending.abort();
    await world.stop({ keep });
    if (keep) console.log(`What all processes wrote is in ${world.home}.`);
  }
}

async function startPrograms(world, tally, signal) {
  world.kills = 0;
  const parts = { world, tally, signal };
  const own = { appKey: world.account.appKey, appSecret: world.account.appSecret };
  const bot = new NodeProgram({ ...parts, name: 'bot', key: await world.addKey('bot', 'trade') });
  const board = new NodeProgram({ ...parts, name: 'board', key: own });
  if (!hasPython())
    console.error('Python with requests, websockets and yaml is not there: no scripts in Python.');
  const keys = [await world.addKey('sample', 'trade'), await world.addKey('notebook', 'trade')];
  const running = Promise.all([
    bot.run({ readers: 12, ordersEveryMs: 4000 }),
    bot.listen(),
    board.run({ readers: 12, ordersEveryMs: null }),
    board.listen(),
    hasPython() && runPython({ ...parts, name: 'sample', key: keys[0], pauseMs: 2000 }),
    hasPython() && runPython({ ...parts, name: 'notebook', key: keys[1], pauseMs: 5000 }),
  ]);
  return { running };
}

/** The second service is killed, and answers of orders are lost for a while. */
async function trouble(world) {
  world.kills += 1;
  world.isKilling = true;
  await world.control('settings', { orderFault: 'drop', orderFaultReaches: true });
  await world.killService(1);
  await delay(FAULT_MS);
  await world.control('settings', { orderFault: null });
  world.isKilling = false;
}

function progress(day, { reads, orders, frames, python }, memory) {
  const facts = `${reads} reads, ${orders.size} orders, ${frames} frames, ${python.runs} Python scripts, ${memory.at(-1).toFixed(0)} MB`;
  console.error(`day ${day.toFixed(1)} of ${DAYS}: ${facts}`);
}

function report(rules) {
  for (const { name, held, figures } of rules)
    console.log(`${held ? 'held  ' : 'BROKEN'}  ${name}: ${figures}`);
  const broken = rules.filter(({ held }) => !held).length;
  console.log(broken === 0 ? 'Every rule held.' : `${broken} rules were broken.`);
  return broken === 0;
}

const chosen = options();
if (chosen.help) console.log(USAGE);
else if (!(await soak(chosen))) process.exitCode = 1;
