// Measuring: interleaved and rotated rounds, medians, ratios within a round with quartiles, bounded time.

/** The value below which `share` (0 to 1) of the values lie; linear between neighbours. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

export const median = (values) => quantile(values, 0.5);

/** Median and quartiles in one. */
export function spread(values) {
  return { q1: quantile(values, 0.25), median: median(values), q3: quantile(values, 0.75) };
}

/**
 * Runs every contender once in each round, beginning with another one each time, so that a slow moment of the machine
 * or a neighbour's garbage meets all of them. The first round is a warm-up and is thrown away.
 *
 * @param contenders `{ name, run }`, where `run` resolves with whatever was measured.
 * @param bounds rounds at most, and milliseconds after which no new round begins (two are always run).
 * @returns for each contender its samples, in the order of the rounds: the i-th ones belong together.
 */
export async function rotate(contenders, { rounds, budgetMs, warmUp = true }) {
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  const until = performance.now() + budgetMs;
  for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
    if (round > 1 && performance.now() > until) break;
    const shift = (round + contenders.length) % contenders.length;
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      const sample = await contender.run(round);
      if (round >= 0) samples.get(contender.name).push(sample);
    }
  }
  return samples;
}

/** Ratios of one contender to another within the same round, as median and quartiles. */
export function ratios(samples, name, base, of = (sample) => sample) {
  const theirs = samples.get(base).map(of);
  return spread(samples.get(name).map((sample, round) => of(sample) / theirs[round]));
}

/**
 * A loop of its own for each contender: a shared one would see every contender's functions and be compiled for none.
 * `call` gets the turn's number, so that nothing can be computed once for all.
 */
export function loopOf(call, { awaited }) {
  const body = awaited
    ? 'return async (turns) => { let last; for (let i = 0; i < turns; i += 1) last = await call(i); return last; }'
    : 'return (turns) => { let last; for (let i = 0; i < turns; i += 1) last = call(i); return last; }';
  return new Function('call', body)(call);
}

/**
 * Nanoseconds a call, for calls that are too short to be timed one by one. Turns are chosen so that a sample takes
 * `sampleMs`.
 *
 * @param contenders `{ name, call, awaited }`
 */
export async function nanoseconds(contenders, { rounds, sampleMs, budgetMs }) {
  const timed = [];
  for (const { name, call, awaited } of contenders) {
    const loop = loopOf(call, { awaited });
    const turns = await turnsFor(loop, sampleMs);
    timed.push({
      name,
      run: async () => {
        const began = process.hrtime.bigint();
        await loop(turns);
        return Number(process.hrtime.bigint() - began) / turns;
      },
    });
  }
  return rotate(timed, { rounds, budgetMs });
}

async function turnsFor(loop, sampleMs) {
  // Many short runs first: a loop that is compiled in the middle of a long one stays slower for good.
  for (const until = performance.now() + sampleMs; performance.now() < until;) await loop(100);
  for (let turns = 16; ; turns *= 2) {
    const began = performance.now();
    await loop(turns);
    const tookMs = performance.now() - began;
    if (tookMs >= sampleMs / 2) return Math.max(1, Math.round((turns * sampleMs) / tookMs));
  }
}

/** Each of `count` runs of `work`, in milliseconds. */
export async function milliseconds(count, work) {
  const samples = [];
  for (let turn = 0; turn < count; turn += 1) {
    const began = performance.now();
    await work(turn);
    samples.push(performance.now() - began);
  }
  return samples;
}

export function pause(durationMs) {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
