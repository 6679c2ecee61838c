// Looks for a scenario in which the rules of tokens, orders or the gateway break. `npm run chaos -- --help` says how to call it.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLACE_NAMES, placeNamed, realChaos } from './real-chaos.mjs';
import { load } from './typescript.mjs';

const here = fileURLToPath(import.meta.url);
const CHUNK = 50;
const USAGE = `Usage: npm run chaos -- <options>

  [--seeds 1000] [--from 1] [--jobs N]                  that many scenarios in virtual time
  --seed 130                                            one scenario again, with all that happens in it
  --orders                                              with both: scenarios with orders, instead of tokens
  --gateway                                             with both: scenarios with programs at the gateway
  --real [--minutes 10] [--place NAME] [--seed N]       real processes; all places, or one of
                                                        ${PLACE_NAMES.join(', ')}
  --help                                                this text
`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '1000' },
        from: { type: 'string', default: '1' },
        jobs: { type: 'string', default: String(availableParallelism()) },
        seed: { type: 'string' },
        real: { type: 'boolean', default: false },
        orders: { type: 'boolean', default: false },
        gateway: { type: 'boolean', default: false },
        minutes: { type: 'string', default: '10' },
        place: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { real, orders, gateway, help, place, ...numbers } = values;
    if (orders && gateway) throw new Error('--orders and --gateway are different scenarios: choose one.');
    const counts = Object.entries(numbers).map(([name, value]) => [name, wholeNumber(name, value)]);
    return {
      real,
      kind: orders ? 'orders' : gateway ? 'gateway' : 'tokens',
      help,
      ...Object.fromEntries(counts),
      ...(place === undefined ? {} : { place: placeNamed(place) }),
    };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function wholeNumber(name, text) {
  if (!/^\d{1,12}$/.test(text)) throw new Error(`--${name} takes a whole number.`);
  return Number(text);
}

/** What is counted of each scenario, how the sum is reported, and where its class is. */
const KINDS = {
  tokens: {
    scenario: () => load('../test/simulation/scenario.ts').Scenario,
    counts: ['issues', 'served', 'failed'],
    report: ({ issues, served, failed }) =>
      `${issues} issue requests, ${served} tokens served, ${failed} callers refused for now`,
  },
  orders: {
    scenario: () => load('../test/simulation/orders/order-scenario.ts').OrderScenario,
    counts: ['booked', 'orders', 'failures'],
    report: ({ booked, orders, failures }) =>
      `${booked} orders at the brokerage, ${orders} outcomes learnt, ${failures} attempts refused`,
  },
  gateway: {
    scenario: () => load('../test/simulation/gateway/gateway-scenario.ts').GatewayScenario,
    counts: ['answered', 'unanswered', 'booked', 'issues'],
    report: ({ answered, unanswered, booked, issues }) =>
      `${answered} requests of programs answered and ${unanswered} not, ${booked} orders and ${issues} token requests at the brokerage`,
  },
};

function scenarioClass(kind) {
  load('@nestjs/common').Logger.overrideLogger(false);
  return KINDS[kind].scenario();
}

function emptySum(kind) {
  return { run: 0, broken: [], ...Object.fromEntries(KINDS[kind].counts.map((name) => [name, 0])) };
}

/** A worker process: runs the seeds that it is sent. */
function work(kind) {
  const Scenario = scenarioClass(kind);
  process.on('message', async ({ from, to }) => {
    const sum = emptySum(kind);
    for (let seed = from; seed < to; seed += 1) {
      const end = await new Scenario(seed).run();
      sum.run += 1;
      for (const name of KINDS[kind].counts) sum[name] += end[name];
      if (end.violations.length > 0) sum.broken.push({ seed, first: end.violations[0] });
    }
    process.send(sum);
  });
  process.on('disconnect', () => process.exit());
}

async function runMany({ seeds, from, jobs, kind }) {
  const total = emptySum(kind);
  let next = from;
  const end = from + seeds;
  const began = Date.now();
  const progress = setInterval(() => {
    console.error(
      `${total.run} of ${seeds} scenarios, ${total.broken.length} broken, ${Math.round((Date.now() - began) / 1000)} s`,
    );
  }, 10_000);
  const worker = () =>
    new Promise((resolve, reject) => {
      const child = fork(here, ['--work', kind]);
      const give = () => {
        if (next >= end) return child.disconnect();
        const chunk = { from: next, to: Math.min(next + CHUNK, end) };
        next = chunk.to;
        child.send(chunk);
      };
      child.on('message', ({ broken, ...counts }) => {
        for (const [name, count] of Object.entries(counts)) total[name] += count;
        for (const each of broken) console.log(`seed ${each.seed}: ${each.first}`);
        total.broken.push(...broken);
        give();
      });
      child.on('error', reject);
      child.on('exit', resolve);
      give();
    });
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  clearInterval(progress);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(
    `${total.run} scenarios in ${seconds} s: ${KINDS[kind].report(total)}, ${total.broken.length} scenarios broken`,
  );
  if (total.run !== seeds || total.broken.length > 0) process.exitCode = 1;
}

if (process.argv[2] === '--work') work(process.argv[3]);
else {
  const chosen = options();
  if (chosen.help) console.log(USAGE);
  else if (chosen.real) {
    const held = await realChaos({ seed: Date.now() % 1_000_000, ...chosen });
    if (!held) process.exitCode = 1;
  } else if (chosen.seed === undefined) await runMany(chosen);
  else {
    const Scenario = scenarioClass(chosen.kind);
    const { events, ...end } = await new Scenario(chosen.seed).run({ recordEvents: true });
    for (const event of events) console.log(event);
    console.log(JSON.stringify(end, null, 2));
    if (end.violations.length > 0) process.exitCode = 1;
  }
}
