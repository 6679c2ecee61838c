import { type Instrument } from './instrument';
import { mix, share, wave } from './noise';
import { previousTradingDay } from './places';

/** One day of an instrument: prices at equally distant moments from open to close, volumes between them. */
export interface DayPath {
  readonly points: readonly number[];
  /** Shares traded up to each point. */
  readonly volumes: readonly number[];
  /** Money traded up to each point. */
  readonly values: readonly number[];
}

/** Parts of a session: fifteen minutes each in Seoul and New York. */
const SEGMENTS = 26;

/** How far closes swing around the base price, slowly and quickly: days of a swing, and its share. */
const SWINGS: readonly (readonly [days: number, amplitude: number])[] = [
  [250, 0.1],
  [40, 0.04],
  [8, 0.02],
  [1, 0.01],
];
const SWING_IN_DAY = 0.008;
const OPENING_GAP = 0.004;
const SMALLEST_VOLUME = 100_000;
const VOLUME_SPREAD = 9_000_000;
/** Between two points prices wander this much of the way back and forth. */
const WANDER = 0.6;
const REMEMBERED_DAYS = 4_000;

/** Every price there ever was: a function of instrument, seed and time, and of nothing else. */
export class PricePaths {
  private readonly remembered = new Map<string, DayPath>();

  /** @param seed called for every price, so that a changed setting takes effect at once */
  constructor(private readonly seed: () => number) {}

  /** The closing price of a trading day. */
  close(instrument: Instrument, day: number): number {
    const key = mix(instrument.key, this.seed());
    const drift = SWINGS.reduce(
      (sum, [days, amplitude], index) => sum + amplitude * wave(mix(key, index), day / days),
      0,
    );
    return instrument.round(instrument.basePrice * (1 + drift));
  }

  dayOf(instrument: Instrument, day: number): DayPath {
    const name = `${instrument.key} ${this.seed()} ${day}`;
    const known = this.remembered.get(name);
    if (known) return known;
    if (this.remembered.size >= REMEMBERED_DAYS) this.remembered.clear();
    const path = this.drawn(instrument, day);
    this.remembered.set(name, path);
    return path;
  }

  /**
   * The price at a moment of a day.
   * @param progress 0 at the open, 1 at the close
   * @param step counts the moments at which the price may change
   */
  priceAt(instrument: Instrument, day: number, progress: number, step: number): number {
    const { points } = this.dayOf(instrument, day);
    const { index, along } = placeOf(progress);
    const [from, to] = [points[index] ?? 0, points[index + 1] ?? points[SEGMENTS] ?? 0];
    const wandered = along + (share(instrument.key, day, step) - 0.5) * WANDER;
    return instrument.round(from + (to - from) * Math.min(1, Math.max(0, wandered)));
  }

  /** Shares traded from the open up to a moment. */
  volumeAt(instrument: Instrument, day: number, progress: number): number {
    return Math.floor(between(this.dayOf(instrument, day).volumes, progress));
  }

  /** Money traded from the open up to a moment, in whole units of the currency. */
  valueAt(instrument: Instrument, day: number, progress: number): number {
    return Math.floor(between(this.dayOf(instrument, day).values, progress));
  }

  /** Highest and lowest price from the open up to a moment, that moment's price apart. */
  rangeUpTo(instrument: Instrument, day: number, progress: number): { high: number; low: number } {
    const passed = this.dayOf(instrument, day).points.slice(0, placeOf(progress).index + 1);
    return { high: Math.max(...passed), low: Math.min(...passed) };
  }

  private drawn(instrument: Instrument, day: number): DayPath {
    const key = mix(instrument.key, this.seed());
    const before = this.close(instrument, previousTradingDay(instrument.place, day));
    const after = this.close(instrument, day);
    const points = Array.from({ length: SEGMENTS + 1 }, (_, index) => {
      if (index === SEGMENTS) return after;
      const noise = (2 * share(key, day, index) - 1) * (index === 0 ? OPENING_GAP : SWING_IN_DAY);
      return instrument.round((before + ((after - before) * index) / SEGMENTS) * (1 + noise));
    });
    const volumes = runningSums(points.slice(1).map((_, index) => segmentVolume(key, day, index)));
    const values = runningSums(
      points.slice(1).map((to, index) => (segmentVolume(key, day, index) * ((points[index] ?? to) + to)) / 2),
    );
    return { points, volumes, values };
  }
}

/** More is traded near open and close than in between. */
function segmentVolume(key: number, day: number, index: number): number {
  const usual = SMALLEST_VOLUME + (key % VOLUME_SPREAD);
  const fromMiddle = Math.abs(index - SEGMENTS / 2) / SEGMENTS;
  const draw = 0.6 + 0.8 * share(key, day, 100 + index);
  return Math.ceil((usual / SEGMENTS) * (0.5 + 2 * fromMiddle) * draw);
}

function placeOf(progress: number): { index: number; along: number } {
  const place = Math.min(1, Math.max(0, progress)) * SEGMENTS;
  const index = Math.floor(place);
  return { index, along: place - index };
}

function between(sums: readonly number[], progress: number): number {
  const { index, along } = placeOf(progress);
  const from = sums[index] ?? 0;
  return from + ((sums[index + 1] ?? from) - from) * along;
}

function runningSums(parts: readonly number[]): number[] {
  const sums = [0];
  for (const part of parts) sums.push((sums.at(-1) ?? 0) + part);
  return sums;
}
