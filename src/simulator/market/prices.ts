import { koreanDay } from '../korean-time';
import { type DomesticStock } from './domestic-stocks';

/** Prices stand still for this long, so that the pages of one inquiry mostly agree. */
const STEP_MS = 3_000;
const BASIS_POINTS = 10_000;
const LARGEST_DAILY_MOVE = 300;

/** The price of now: it swings up to two percent around the close before, as a function of the instant only. */
export function currentPrice(stock: DomesticStock, now: number): number {
  const close = previousClose(stock, now);
  return onTick((close * (BASIS_POINTS + swing(stock.symbol, now))) / BASIS_POINTS);
}

/** The close of the day before, in Korea. */
export function previousClose(stock: DomesticStock, now: number): number {
  const draw = fingerprint(`${stock.symbol} ${koreanDay(now)}`) % (2 * LARGEST_DAILY_MOVE + 1);
  return onTick((stock.basePrice * (BASIS_POINTS + draw - LARGEST_DAILY_MOVE)) / BASIS_POINTS);
}

/** The highest price of the day (상한가): 30 percent above the close before. */
export function upperLimit(stock: DomesticStock, now: number): number {
  return inTicks(previousClose(stock, now) * 1.3, Math.floor);
}

/** The lowest price of the day (하한가). */
export function lowerLimit(stock: DomesticStock, now: number): number {
  return inTicks(previousClose(stock, now) * 0.7, Math.ceil);
}

/** How far a price is from its base now, in basis points: -200 to 200. */
export function swing(symbol: string, now: number): number {
  const seconds = (Math.floor(now / STEP_MS) * STEP_MS) / 1000;
  const phase = fingerprint(symbol) % 3600;
  const slow = Math.sin(((seconds + phase) / 3600) * 2 * Math.PI);
  const quick = Math.sin(((seconds + 7 * phase) / 97) * 2 * Math.PI);
  return Math.round(130 * slow + 70 * quick);
}

/** The smallest step of a price (호가단위) at the Korea Exchange since 2023. */
export function tickSize(price: number): number {
  if (price < 2_000) return 1;
  if (price < 5_000) return 5;
  if (price < 20_000) return 10;
  if (price < 50_000) return 50;
  if (price < 200_000) return 100;
  if (price < 500_000) return 500;
  return 1_000;
}

/** The tradable price next to this one. */
export function onTick(price: number): number {
  return inTicks(price, Math.round);
}

function inTicks(price: number, toWhole: (ticks: number) => number): number {
  const tick = tickSize(price);
  return toWhole(price / tick) * tick;
}

/** A steady number for a text (FNV-1a, 32 bits): invented figures that are the same at every call. */
export function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}
