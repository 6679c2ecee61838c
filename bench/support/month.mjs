// Thirty days of virtual time: when tokens are refreshed, and how often.
import { kis, newAccount } from './project.mjs';
import { ModelIssuer, openService, SeededRandom, VirtualClock } from './virtual.mjs';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SWEEP_MS = 30_000;
const DAYS = 30;
const GROUP = 20;
const BUFFER_MS = 300_000;
const SAME_TOKEN_MS = 6 * HOUR_MS;
const PARTS = 100;
/** A Sunday, 09:00 in Korea. */
const SUNDAY = Date.UTC(2026, 10, 22);

/** @param options of the library, beside the accounts */
export async function monthOf(count, options = {}) {
  const began = performance.now();
  const leadSeconds = options.refreshLeadSeconds ?? 7200;
  const counts = [];
  const window = new Set();
  const moved = new Set();
  let inBlackout = 0;
  let avoidable = 0;
  const groups = Math.ceil(count / GROUP);
  for (let group = 0; group < groups; group += 1) {
    const size = Math.min(GROUP, count - group * GROUP);
    const start = SUNDAY + Math.floor((group * 7 * DAY_MS) / groups);
    const { issues, tokens } = await story(size, start, options, group + 1);
    counts.push(...issues.map((ofOne) => ofOne.length));
    for (const token of tokens) note(token, leadSeconds * 1000, window, moved);
    for (const ofOne of issues) {
      // The first one was asked for because there was none: it cannot wait.
      const within = ofOne.slice(1).filter(({ at }) => isBlackout(at));
      inBlackout += within.length;
      avoidable += within.filter((issue) => isAvoidable(ofOne[ofOne.indexOf(issue) - 1])).length;
    }
  }
  return {
    count,
    leadSeconds,
    issuesEach: counts.reduce((sum, each) => sum + each, 0) / count,
    fewest: Math.min(...counts),
    most: Math.max(...counts),
    windowPercent: leadSeconds === 0 ? null : (100 * window.size) / PARTS,
    movedPercent: moved.size === 0 ? null : (100 * moved.size) / PARTS,
    inBlackout,
    avoidable,
    tookSeconds: (performance.now() - began) / 1000,
  };
}

/** Sweeps that find nothing due are left out: time goes on to the next sweep that does. */
async function story(size, start, options, seed) {
  const accounts = Array.from({ length: size }, (_, index) => newAccount({ alias: `a${index}` }));
  const configuration = new kis.KisConfiguration({ accounts, ...options });
  const clock = new VirtualClock(start);
  const issuer = new ModelIssuer(clock);
  const service = openService(configuration, { clock, random: new SeededRandom(seed), issuer });
  const aliases = new Map(configuration.accounts.map(({ alias, credential }) => [credential.id, alias]));
  const due = new Map(accounts.map(({ alias }) => [alias, start]));
  const issues = new Map([...aliases.keys()].map((id) => [id, []]));
  const tokens = [];
  for (let at = start; at < start + DAYS * DAY_MS;) {
    clock.set(at);
    await service.refreshDue();
    for (const issue of issuer.issues.splice(0)) {
      issues.get(issue.id).push(issue);
      const alias = aliases.get(issue.id);
      const token = await service.getToken(alias);
      due.set(alias, token.refreshAt);
      tokens.push(token);
    }
    const next = Math.min(...due.values());
    at = Math.max(at + SWEEP_MS, start + Math.ceil((next - start) / SWEEP_MS) * SWEEP_MS);
  }
  return { issues: [...issues.values()], tokens };
}

/** In which part of its window a refresh lies: before the buffer, or, where that is a blackout, before its start. */
function note({ refreshAt, expiresAt }, leadMs, window, moved) {
  if (leadMs === 0) return;
  const half = leadMs / 2;
  const place = (expiresAt - BUFFER_MS - half - refreshAt) / half;
  if (place >= 0 && place <= 1) return void window.add(Math.min(PARTS - 1, Math.floor(place * PARTS)));
  const before = (nextBlackout(refreshAt) - refreshAt) / half;
  if (before >= 0 && before <= 1) moved.add(Math.min(PARTS - 1, Math.floor(before * PARTS)));
}

/** Closes the Korea Exchange within these thirty days: then there is no blackout. */
const CHRISTMAS = '-12-25';

/** Mon-Fri 08:30-15:40 in Korea, computed without the library. */
function isBlackout(at) {
  const korea = new Date(at + 9 * HOUR_MS);
  if (korea.toISOString().slice(4, 10) === CHRISTMAS) return false;
  const minute = korea.getUTCHours() * 60 + korea.getUTCMinutes();
  return korea.getUTCDay() >= 1 && korea.getUTCDay() <= 5 && minute >= 8 * 60 + 30 && minute < 15 * 60 + 40;
}

function nextBlackout(at) {
  let minute = Math.ceil(at / MINUTE_MS) * MINUTE_MS;
  while (!isBlackout(minute)) minute += MINUTE_MS;
  return minute;
}

/** Whether the token before could have been refreshed outside, after its first six hours and before its buffer. */
function isAvoidable({ at, expiresAt }) {
  for (let moment = at + SAME_TOKEN_MS; moment < expiresAt - BUFFER_MS; moment += MINUTE_MS) {
    if (!isBlackout(moment)) return true;
  }
  return false;
}
