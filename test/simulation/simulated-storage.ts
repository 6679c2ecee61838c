import type { KisCredential } from '../../src/kis/kis-credential';
import type { KisConfiguration, KisTokenPolicy } from '../../src/kis/kis.options';
import type { KisClaim } from '../../src/kis/token/claim-rules';
import type { FoundFile } from '../../src/kis/files/careful-open';
import { decodeTokenFile, type TokenFileReading } from '../../src/kis/token/token-codec';
import type { KisToken } from '../../src/kis/token/kis-token';
import { CLOCK_TOLERANCE_MS } from '../../src/kis/token/token-rules';
import type { History } from './history';

/** A claim that a process won in a storage. */
interface HeldClaim {
  readonly by: string;
  readonly claim: KisClaim;
  /** True time. */
  readonly at: number;
  /** True time before which nobody else gets one. */
  readonly until: number;
  /** True time at which its holder ended it; `Infinity` while it has not. */
  readonly endedAt: number;
}

const NO_REMOVAL = { at: -Infinity, generation: 0 };

/** The one-a-minute rule. */
export const INTERVAL_MS = 60_000;

/** A request that its sender has just given up is on its way to KIS no longer than this. */
export const LONGEST_WAY_MS = 50;

/** Records that several processes share, the texts those of real files: a directory, or a server. Checks the changes. */
export class SimulatedStorage {
  tokenText: string | null = null;
  claimFile: FoundFile | null = null;
  /** True time of the last save by one of our processes; 0: what is there is not theirs. */
  savedAt = 0;
  /** True time at which somebody else last changed the token. */
  touchedAt = -Infinity;
  /** True time at which everything was lost. */
  lostAt = -Infinity;
  /** When KIS last handed a token out, true time; `null` where deletions are not checked. */
  handedOutAt: ((accessToken: string) => number) | null = null;
  /** The last deletion by one of our processes, as the claim records it: true time, and the newest deleted generation. */
  private removal = NO_REMOVAL;
  private held: HeldClaim | null = null;
  /** The last that one of our processes saved, where nobody has changed it since. */
  private newestSaved: KisToken | null = null;
  private lastReading: { readonly text: string; readonly reading: TokenFileReading } | null = null;

  constructor(
    readonly name: string,
    private readonly history: History,
  ) {}

  /** The token here, if there is one. */
  token(configuration: KisConfiguration): KisToken | null {
    const reading = this.tokenFile(configuration.account().credential, configuration.tokenPolicy);
    return reading && 'token' in reading ? reading.token : null;
  }

  /** What the token file says; `null` when there is none. The same text is not read twice. */
  tokenFile(credential: KisCredential, policy: KisTokenPolicy): TokenFileReading | null {
    const { tokenText } = this;
    if (tokenText === null) return null;
    if (this.lastReading?.text !== tokenText) {
      this.lastReading = { text: tokenText, reading: decodeTokenFile(tokenText, credential, policy) };
    }
    return this.lastReading.reading;
  }

  /** The claim under which a request of this process was sent that arrives now; `null` when there is none. */
  claimOf(by: string): HeldClaim | null {
    const { held, history } = this;
    const isOver =
      held === null || history.time >= held.until || history.time > held.endedAt + LONGEST_WAY_MS;
    return !isOver && held.by === by ? held : null;
  }

  /** Somebody else put this text there, or took it away: counting begins again. */
  put(tokenText: string | null): void {
    this.tokenText = tokenText;
    this.touchedAt = this.history.time;
    this.savedAt = 0;
    this.newestSaved = null;
  }

  /** One of our processes records that tokens up to this generation are deleted. */
  deleted(upTo: number): void {
    const generation = Math.min(upTo, this.held?.claim.generation ?? 0);
    this.removal = {
      at: this.history.time,
      generation: Math.max(generation, this.removal.generation),
    };
  }

  /** The generation that the last deletion recorded; 0 when there was none, or none that is still known here. */
  get deletedGeneration(): number {
    return this.removal.generation;
  }

  /** Whether a deletion of this token is recorded. It may still be here: its process was killed before it removed it. */
  hasDeleted({ generation }: KisToken): boolean {
    return generation > 0 && generation <= this.removal.generation;
  }

  /** Disk or server come back empty. */
  lose(): void {
    this.put(null);
    this.claimFile = null;
    this.held = null;
    // The record of a deletion is in the claim: with it goes all that could keep the token out, and generations begin
    // again, so that one of them may be that of the deletion.
    this.removal = NO_REMOVAL;
    this.lostAt = this.history.time;
  }

  /** @param forced by a person, who keeps the interval but not the longer pauses after failures. */
  claimed(claim: KisClaim, by: string, holdMs: number, forced: boolean): void {
    const { held, history } = this;
    const { time } = history;
    if (held && claim.generation <= held.claim.generation) {
      history.violated(`${by} got claim ${claim.generation} in ${this.name} a second time`);
    }
    if (held && time < (forced ? Math.min(held.until, held.endedAt + INTERVAL_MS) : held.until)) {
      history.violated(`${by} got a claim in ${this.name} while ${held.by} held one`);
    }
    history.record(`${by} claims ${claim.generation} in ${this.name}`);
    this.held = { by, claim, at: time, until: time + holdMs, endedAt: Infinity };
  }

  settled(by: string, mine: KisClaim, cooldownMs: number): void {
    const { held, history } = this;
    if (!held) return;
    if (held.by !== by || held.claim.generation !== mine.generation) {
      history.violated(`${by} settled the claim of ${held.by} in ${this.name}`);
    }
    history.record(
      `${by} settles ${mine.generation} in ${this.name} for ${(cooldownMs / 1000).toFixed(1)} s`,
    );
    this.held = { ...held, until: history.time + cooldownMs, endedAt: history.time };
  }

  saved(token: KisToken, by: string, isRefused: boolean): void {
    const { history } = this;
    history.record(`${by} saves ${token.generation} in ${this.name}`);
    this.savedAt = history.time;
    const before = this.newestSaved;
    this.newestSaved = token;
    if (this.isDeleted(token)) {
      history.violated(`${by} saved ${token.generation} in ${this.name} after it was deleted`);
    }
    if (before === null || isRefused || this.hasDeleted(before) || !isOlder(token, before)) return;
    history.violated(`generation ${token.generation} was saved over ${before.generation} in ${this.name}`);
  }

  /** It was requested before the last deletion, whatever attempts have begun since. */
  private isDeleted(token: KisToken): boolean {
    if (this.handedOutAt === null || !this.hasDeleted(token)) return false;
    return this.handedOutAt(token.accessToken) < this.removal.at;
  }
}

/**
 * By generation, where both have one. But a process that could not reach the storage counts from where it is, and other
 * programs do not count: a token that ends clearly later is no older one.
 */
export function isOlder(token: KisToken, before: KisToken): boolean {
  const endsLater = token.expiresAt - before.expiresAt;
  if (token.fingerprint === before.fingerprint) return token.generation < before.generation;
  if (token.generation === 0 || before.generation === 0) return endsLater < 0;
  return token.generation < before.generation && endsLater <= CLOCK_TOLERANCE_MS;
}
