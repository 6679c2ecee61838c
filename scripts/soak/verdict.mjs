// The rules that a soak checks, by the requests that the brokerage saw and the answers that programs received.

/** In days. A token is replaced before its end, by the lead of the refresh and the buffer. */
const SHORTEST_DAY = 0.85;
const WARM_UP = 0.25;
/** What is left right after garbage was collected. A leak of some kilobytes for each of thousands of calls is more. */
const MEMORY_MARGIN_MB = 8;
/** A busy machine can hold a call up for longer than a permit allows for, and then one is too many. */
const MOST_HELD_UP = 0.005;

/** Each rule with whether it held, and the figures that say so. */
export function verdict({ days, daySeconds, tally, watch, issues, orders, memory }) {
  return [
    oneIssueADay(issues, { days, daySeconds }),
    rule(
      'no token request too early (EGW00133)',
      count(issues, 'EGW00133') === 0,
      `${count(issues, 'EGW00133')}`,
    ),
    pace(watch),
    reads(tally),
    doubles(watch),
    outcomes(tally, orders),
    rule('one websocket session at the brokerage', watch.mostSessions === 1, `at most ${watch.mostSessions}`),
    rule(
      'frames and encrypted notices arrived',
      tally.frames > 0 && tally.notices > 0,
      `${tally.frames} frames, ${tally.notices} notices`,
    ),
    rule(
      'every Python script ended well',
      tally.python.failures.length === 0,
      `${tally.python.runs} runs${tally.python.failures.map((text) => `; ${text}`).join('')}`,
    ),
    grown(memory),
  ];
}

function rule(name, held, figures) {
  return { name, held, figures };
}

function count({ keys }, code) {
  return keys.flatMap(({ requests }) => requests).filter((each) => each.code === code).length;
}

function oneIssueADay({ keys }, { days, daySeconds }) {
  const requests = keys.flatMap((key) => key.requests);
  const gaps = requests.map(({ gapSeconds }) => gapSeconds).filter((gap) => gap !== null);
  const shortest = Math.min(...gaps) / daySeconds;
  const held =
    keys.length === 1 && requests.length >= days && requests.length <= days + 1 && shortest >= SHORTEST_DAY;
  return rule(
    'one token request a day',
    held,
    `${requests.length} in ${days} days, ${shortest.toFixed(2)} days apart at least, ${keys.length} key`,
  );
}

function pace({ calls, limit, tooMany }) {
  return rule(
    `the pace at the brokerage was kept (${limit} calls a second)`,
    tooMany <= calls * MOST_HELD_UP,
    `${tooMany} of ${calls} calls were too many, and repeated`,
  );
}

function reads({ reads: all, refusedReads }) {
  const refused = [...refusedReads].map(([code, times]) => `${code}: ${times}`).join(', ');
  return rule(
    'no read failed',
    refusedReads.size === 0,
    `${all} reads${refused === '' ? '' : `; ${refused}`}`,
  );
}

function doubles({ intents }) {
  const twice = [...intents].filter(([, arrivals]) => arrivals.length > 1).map(([id]) => id);
  return rule(
    'no order twice at the brokerage',
    twice.length === 0,
    `${intents.size} orders ${twice.join(' ')}`.trim(),
  );
}

function outcomes({ orders, python }, atBrokerage) {
  const all = [...orders];
  const numbers = new Set(atBrokerage.orders.map(({ orderNumber }) => orderNumber));
  const wrong = all
    .filter(([, { told }]) => told?.result === '0' && !numbers.has(told.number))
    .map(([id]) => id);
  const untold = all.filter(([, { told }]) => told === null).length;
  const repeated = all.filter(([, { attempts }]) => attempts > 1).length;
  const most = all.filter(([, { told }]) => told?.result !== '1').length + python.orders;
  return rule(
    'every order number that a program received is at the brokerage, and no other order',
    wrong.length === 0 && numbers.size <= most,
    `${all.length} + ${python.orders} orders, ${repeated} repeated, ${untold} without an outcome, ${numbers.size} at the brokerage ${wrong.join(' ')}`.trim(),
  );
}

function grown(memory) {
  const after = memory.slice(Math.floor(memory.length * WARM_UP));
  const third = Math.floor(after.length / 3);
  const [early, late] = [after.slice(0, third), after.slice(-third)].map((part) => Math.min(...part));
  return rule(
    'memory does not grow',
    late - early <= MEMORY_MARGIN_MB,
    `${early.toFixed(1)} MB in use, then ${late.toFixed(1)} MB`,
  );
}
