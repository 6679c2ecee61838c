/** A steady number for a text (FNV-1a, 32 bits): invented figures that are the same at every call. */
export function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}

/** Mixes whole numbers into one of 32 bits that looks random and is always the same. */
export function mix(first: number, second: number, third = 0): number {
  let hash = Math.imul(first ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul((hash ^ (hash >>> 13)) + second, 0xc2b2ae35);
  hash = Math.imul((hash ^ (hash >>> 16)) + third, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The same as a number from 0 (included) to 1 (excluded). */
export function share(first: number, second: number, third = 0): number {
  return mix(first, second, third) / 2 ** 32;
}

/** Smooth noise from -1 to 1 along `x`: independent values at whole numbers, a soft curve between them. */
export function wave(key: number, x: number): number {
  const from = Math.floor(x);
  const along = x - from;
  const soft = along * along * (3 - 2 * along);
  const [left, right] = [share(key, from), share(key, from + 1)];
  return 2 * (left + (right - left) * soft) - 1;
}
