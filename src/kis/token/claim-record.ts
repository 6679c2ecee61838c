import { NO_CLAIM, type ClaimFailure, type KisClaim } from './claim';

/**
 * No claim is obeyed longer, whatever its record says: the longest pause of ours is an hour and a fifth, and request
 * timeout and interval are shorter together.
 */
export const LONGEST_CLAIM_MS = 2 * 3_600_000;

/** Counts of a real record are far below; far above, adding one no longer changes a number. */
const LARGEST_COUNT = 1e12;
/** The last moment that has a date. */
const END_OF_TIME = 8.64e15;
const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 4000;
/** Not the codes of this version only: a newer one that shares the store may have more. */
const ERROR_CODE = /^[A-Z][A-Z_]{2,39}$/;

const CHECKS: { readonly [Field in keyof KisClaim]: (value: unknown) => boolean } = {
  generation: isCount,
  owner: isName,
  attemptAt: isNumber,
  open: (value) => typeof value === 'boolean',
  failures: isCount,
  unsent: isCount,
  lastError: (value) => value === null || isFailure(value),
  cooldownMs: isNumber,
  secret: isName,
  rejected: (value) => value === null || isName(value),
  tokenDeleted: (value) => typeof value === 'boolean',
  replacedAt: isNumber,
  issuedToday: isCount,
};

/**
 * The claim in a stored record; `null` when a field is not what it must be, because other programs and people can
 * write where it is kept. Fields that an older version did not write have their value in {@link NO_CLAIM}; unknown
 * ones are left out.
 */
export function claimFrom(record: unknown): KisClaim | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
  const found = record as Readonly<Record<string, unknown>>;
  const fields = Object.entries(CHECKS).filter(([name]) => name in found);
  if (!fields.every(([name, isRight]) => isRight(found[name]))) return null;
  return { ...NO_CLAIM, ...Object.fromEntries(fields.map(([name]) => [name, found[name]])) };
}

/** Whether it is a number of attempts, or of tokens, that a real record can have. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_COUNT;
}

/** A moment or a length; a clock that was set wrong may make it negative. */
function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= END_OF_TIME;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_NAME;
}

function isFailure(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, at } = value as Partial<Record<keyof ClaimFailure, unknown>>;
  const isKnown = typeof code === 'string' && ERROR_CODE.test(code);
  return isKnown && typeof message === 'string' && message.length <= LONGEST_MESSAGE && isNumber(at);
}
