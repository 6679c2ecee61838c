// Virtual time and a model of the token endpoint, for stories of many credentials over many days.
import { randomBytes } from 'node:crypto';
import { kis, temporaryDirectory } from './project.mjs';
import { fromProject } from './resolve.mjs';

const DAY_MS = 86_400_000;
const { MemoryKisTokenStore } = fromProject('./dist/kis/token/memory-kis-token.store.js');
const { FileKisTokenStore } = fromProject('./dist/kis/token/file/file-kis-token.store.js');

/** A clock that is set by hand. Its timers never fire: nothing here takes time, so each of them is a deadline. */
export class VirtualClock extends kis.KisClock {
  bootId = null;

  constructor(start) {
    super();
    this.wall = start;
  }

  now() {
    return this.wall;
  }

  monotonic() {
    return this.wall;
  }

  after() {
    return () => undefined;
  }

  /** @param at epoch milliseconds */
  set(at) {
    this.wall = at;
  }
}

/** Chance that comes out the same in every run. */
export class SeededRandom extends kis.KisRandom {
  constructor(seed) {
    super();
    this.state = seed;
  }

  next() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** Issues a token of 24 hours at once, or the same again within six hours, as KIS does; keeps account of it. */
export class ModelIssuer extends kis.KisAuthClient {
  /** `{ id, at, expiresAt }` of every request. */
  issues = [];
  current = new Map();

  constructor(clock) {
    super();
    this.clock = clock;
  }

  async issue({ id }) {
    const at = this.clock.now();
    const known = this.current.get(id);
    const token = known && at - known.at < DAY_MS / 4 ? known : { at, accessToken: tokenText() };
    this.current.set(id, token);
    const expiresAt = token.at + DAY_MS;
    this.issues.push({ id, at, expiresAt });
    return {
      accessToken: token.accessToken,
      tokenType: 'Bearer',
      statedExpiry: expiresAt,
      expiresInSeconds: DAY_MS / 1000,
      serverTime: at,
    };
  }

  async revoke() {}
}

/** As long as a token of KIS. */
export function tokenText() {
  return `eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.${randomBytes(135).toString('base64url')}.${randomBytes(64).toString('base64url')}`;
}

export function openService(
  configuration,
  { clock, random, issuer, store = new MemoryKisTokenStore(clock) },
) {
  return new kis.KisTokenService(configuration, store, issuer, clock, random);
}

export function fileStore(configuration, clock) {
  return new FileKisTokenStore(temporaryDirectory(), configuration.tokenPolicy, clock);
}
