// Real processes with faults injected: one directory, then several machines with a Redis that keeps its data, or
// loses it. Ctrl-C ends the faults early and checks what was recorded.
import { spawnSync } from 'node:child_process';
import { load } from './typescript.mjs';

const PLACES = ['files', 'durable Redis', 'forgetful Redis'];
/** As they are written on a command line. */
export const PLACE_NAMES = PLACES.map((place) => place.replace(' ', '-').toLowerCase());

/** Resolves with whether every rule held. */
export async function realChaos({ minutes, place, seed }) {
  const { Chaos } = load('../test/support/chaos/chaos.ts');
  const places = place === undefined ? PLACES.filter(isPossible) : [place];
  const ending = new AbortController();
  process.on('SIGINT', () => {
    console.error('\nNo more faults; what was recorded is checked.');
    ending.abort();
  });
  let broken = 0;
  for (const each of places) {
    if (ending.signal.aborted) break;
    console.log(`\n${each}, ${minutes / places.length} minutes, seed ${seed}`);
    broken += await judged(Chaos, {
      seed,
      place: each,
      minutes: minutes / places.length,
      signal: ending.signal,
    });
  }
  return broken === 0;
}

async function judged(Chaos, { minutes, ...plan }) {
  const began = Date.now();
  const progress = (line) =>
    console.error(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${line}`);
  const { violations, figures, notes } = await Chaos.run({ ...plan, lengthMs: minutes * 60_000, progress });
  for (const [name, figure] of Object.entries(figures)) console.log(`${String(figure).padStart(9)}  ${name}`);
  for (const violation of violations.slice(0, 50)) console.log(`BROKEN  ${violation}`);
  console.log(violations.length === 0 ? 'Every rule held.' : `${violations.length} times a rule was broken.`);
  if (notes) console.log(`Everything that was written down is in ${notes} (history.json).`);
  return violations.length;
}

function isPossible(place) {
  const possible = place === 'files' || spawnSync('redis-server', ['--version']).status === 0;
  if (!possible) console.log(`${place}: left out, no redis-server found (apt-get install redis-server)`);
  return possible;
}

export function placeNamed(name) {
  const place = PLACES[PLACE_NAMES.indexOf(name)];
  if (place) return place;
  throw new Error(`--place is one of: ${PLACE_NAMES.join(', ')}.`);
}
