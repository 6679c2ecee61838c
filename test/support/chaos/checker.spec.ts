import { Checker } from './checker';
import type { Arrival, Action, History, Issue, Observation } from './history';

const NOW = 1_000_000;
const KEY = 'key0';

function issue(change: Partial<Issue> = {}): Issue {
  return { key: KEY, issuedAt: NOW - 5000, expiresAt: NOW + 40_000, killedAt: Infinity, ...change };
}

function arrival(by: string, at: number): Arrival {
  return { key: KEY, by, at, answer: 'token' };
}

function seen(token: string, generation: number, at: number): Observation {
  return { machine: 'one', key: KEY, saw: 'token', token, generation, at };
}

function got(token: string, from: number): Action {
  return { did: 'get', key: KEY, token, from, at: from };
}

function failed(from: number): Action {
  return { did: 'fail', key: KEY, from, at: from + 100, why: 'TOKEN_ISSUE_COOLDOWN' };
}

const START: Action = { did: 'start', at: NOW - 60_000 };

/** A short history in which everything is right, with these changes. */
function violationsIn(change: Partial<History> & { readonly life?: readonly Action[] }): readonly string[] {
  const { life = [got('new', NOW)], ...rest } = change;
  const history: History = {
    intervalMs: 2000,
    sweepMs: 1000,
    requestTimeoutMs: 2500,
    actions: new Map([['one.1', [START, ...life]]]),
    observations: [seen('old', 1, NOW - 20_000), seen('new', 2, NOW - 4000)],
    arrivals: [arrival('one.1', NOW - 20_000), arrival('two.1', NOW - 5000)],
    issues: new Map([
      ['old', issue({ issuedAt: NOW - 20_000 })],
      ['new', issue()],
    ]),
    refusals: [],
    outages: [],
    ...rest,
  };
  return new Checker(history).violations();
}

describe('whoever judges a history', () => {
  it('finds nothing where everything is right', () => {
    expect(violationsIn({})).toEqual([]);
  });

  it.each<[string, Parameters<typeof violationsIn>[0], RegExp]>([
    [
      'two token requests within the interval',
      { arrivals: [arrival('one.1', NOW - 4999), arrival('one.2', NOW - 3000)] },
      /one\.2 asked KIS 1999 ms after one\.1/,
    ],
    [
      'the same between machines while what they share is there',
      {
        arrivals: [arrival('one.1', NOW), arrival('two.2', NOW + 1000)],
        outages: [{ from: NOW + 1001, to: NOW + 5000 }],
      },
      /two\.2 asked KIS 1000 ms after/,
    ],
    [
      'the same on one machine whatever is away',
      {
        arrivals: [arrival('one.1', NOW), arrival('one.2', NOW + 1000)],
        outages: [{ from: NOW, to: NOW + 500 }],
      },
      /one\.2 asked KIS 1000 ms after/,
    ],
    [
      'a damaged token',
      { observations: [{ machine: 'one', key: KEY, saw: 'damage', what: 'empty', at: NOW }] },
      /damaged token on one, empty/,
    ],
    [
      'an older token where a newer one was',
      { observations: [seen('new', 2, NOW), seen('old', 1, NOW + 1)] },
      /generation 1 after 2/,
    ],
    ['a token that was never issued', { life: [got('invented', NOW)] }, /never issued/],
    [
      'a token that is about to end',
      { issues: new Map([['new', issue({ expiresAt: NOW + 8000 })]]) },
      /8000 ms before its end/,
    ],
    [
      'a token that was refused to this process',
      { refusals: [{ by: 'one.1', token: 'new', at: NOW - 1500 }] },
      /1500 ms after it was refused/,
    ],
    [
      'a token that was replaced long ago',
      { life: [got('old', NOW + 3000)] },
      /7000 ms after a newer one was stored/,
    ],
    [
      'a failure although a good token is stored',
      { life: [failed(NOW)] },
      /failed although there was a good/,
    ],
    [
      'a failure although a good token is in hand',
      { observations: [], life: [got('new', NOW - 100), failed(NOW)] },
      /failed although there was a good/,
    ],
  ])('finds %s', (_what, change, words) => {
    expect(violationsIn(change)).toEqual([expect.stringMatching(words)]);
  });

  it.each<[string, Parameters<typeof violationsIn>[0]]>([
    [
      'two machines that ask at one time while what they share is away',
      {
        arrivals: [arrival('one.1', NOW), arrival('two.2', NOW + 1000)],
        outages: [{ from: NOW - 500, to: NOW + 500 }],
      },
    ],
    [
      'an older token after the newer one was lost',
      {
        observations: [
          seen('new', 2, NOW - 4000),
          { machine: 'one', key: KEY, saw: 'nothing', at: NOW - 3000 },
          seen('old', 1, NOW - 2000),
        ],
      },
    ],
    [
      'an older token of a machine that was cut off after the newer one has ended',
      {
        observations: [seen('new', 2, NOW - 4000), seen('old', 1, NOW - 2000)],
        issues: new Map([
          ['old', issue({ issuedAt: NOW - 20_000 })],
          ['new', issue({ expiresAt: NOW - 3000 })],
        ]),
        life: [],
      },
    ],
    [
      'an old token when the newer one was lost at once',
      {
        observations: [
          seen('new', 2, NOW - 4000),
          { machine: 'one', key: KEY, saw: 'nothing', at: NOW - 3990 },
        ],
        life: [got('old', NOW)],
      },
    ],
    [
      'an old token of a process that stood still',
      { life: [{ did: 'stand', from: NOW - 3500, at: NOW - 500 }, got('old', NOW)] },
    ],
    [
      'a failure while the only token is one that KIS refuses',
      {
        issues: new Map([['new', issue({ killedAt: NOW - 1000 })]]),
        life: [failed(NOW)],
      },
    ],
    [
      'a failure of who has given a token up for a newer one, which KIS refuses',
      {
        issues: new Map([
          ['old', issue({ issuedAt: NOW - 20_000 })],
          ['new', issue({ killedAt: NOW - 1000 })],
        ]),
        life: [got('old', NOW - 5000), failed(NOW)],
      },
    ],
    [
      'a failure in the moment in which a token is stored',
      { observations: [seen('new', 2, NOW - 100)], life: [failed(NOW)] },
    ],
  ])('excuses %s', (_what, change) => {
    expect(violationsIn(change)).toEqual([]);
  });
});
