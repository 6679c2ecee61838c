import { createHash } from 'node:crypto';
import { isCount } from './claim-codec';
import type { KisCredential } from '../kis-credential';
import type { KisTokenPolicy } from '../kis.options';
import { maskAppKey } from '../masking';
import { otherKeyNamedBy, readJwt } from './jwt';
import { KisToken, type TokenUptime } from './kis-token';
import { ENVELOPE_MARK, type TokenCipher } from './token-cipher';
import { USUAL_LIFETIME_MS, boundedExpiry, drawRefreshAt } from './token-rules';
import { formatNaive, parseNaive } from './local-time';

/** Converts tokens to the text that is stored, and back; encrypted when a key is set. Files and Redis share it. */
export class TokenCodec {
  private readonly encrypts: boolean;

  constructor(
    private readonly policy: KisTokenPolicy,
    private readonly cipher: TokenCipher,
  ) {
    this.encrypts = cipher.encrypts;
  }

  encode(token: KisToken, credential: KisCredential): string {
    const text = encodeTokenFile(token);
    return this.encrypts ? this.cipher.encrypt(text, credential) : text;
  }

  /** Validates everything in the text. Never throws. */
  decode(text: string, credential: KisCredential): TokenReading {
    // Without a key the text is plain, unless it was encrypted by a process that had one.
    const isPlain = !this.encrypts && !text.includes(ENVELOPE_MARK);
    const opened = isPlain ? { text, outdated: null } : this.cipher.decrypt(text, credential);
    if (!('text' in opened)) return opened;
    const reading = decodeTokenFile(opened.text, credential, this.policy);
    return 'token' in reading ? { ...reading, outdated: opened.outdated } : reading;
  }
}

export type TokenFileReading =
  | { readonly token: KisToken }
  | { readonly damage: string }
  /** It belongs to another app key; `whose` names that key, masked. */
  | { readonly whose: string };

type Fields = Readonly<Record<string, unknown>>;

/** What a stored text turned out to be: a token, damaged, of another key, or encrypted with a key that is not known. */
export type TokenReading =
  /** `outdated`: why it is to be written again; `null` when it is in the form in which this process writes. */
  | { readonly token: KisToken; readonly outdated: string | null }
  | Exclude<TokenFileReading, { readonly token: KisToken }>
  /** Why it cannot be decrypted, and the remedy. */
  | { readonly undecryptable: string };

/** The five fields that other programs share. */
const SHARED_FIELDS = ['access_token', 'token_type', 'expires_in', 'issued_at', 'expiry_datetime'] as const;
/** Our own, after those: all of them or none. */
const OWN_FIELDS = [
  'issued_at_utc',
  'expires_at_utc',
  'refresh_at_utc',
  'generation',
  'owner',
  'boot_id',
  'ends_at_uptime_ms',
  'checksum',
] as const;
/** The last moment that `Date` can represent. */
const END_OF_TIME = 8.64e15;
/** Safe in an HTTP header, and longer than any token of KIS; anything else is damage or an attack. */
const HEADER_SAFE = /^[\x21-\x7e]{1,4096}$/;

/** The text of a token file: five fields that Python programs share, then the fields of this library. */
export function encodeTokenFile(token: KisToken): string {
  const fields = {
    access_token: token.accessToken,
    token_type: token.tokenType,
    expires_in: token.lifetimeSeconds,
    issued_at: formatNaive(token.issuedAt),
    expiry_datetime: formatNaive(token.expiresAt),
    issued_at_utc: new Date(token.issuedAt).toISOString(),
    expires_at_utc: new Date(token.expiresAt).toISOString(),
    refresh_at_utc: new Date(token.refreshAt).toISOString(),
    generation: token.generation,
    owner: token.owner,
    boot_id: token.uptime?.bootId ?? null,
    ends_at_uptime_ms: token.uptime?.endsAt ?? null,
  };
  return `${JSON.stringify({ ...fields, checksum: checksumOf(fields) }, null, 2)}\n`;
}

/** Reads a token file, which may be damaged or belong to another app key. Never throws. */
export function decodeTokenFile(
  text: string,
  credential: KisCredential,
  policy: KisTokenPolicy,
): TokenFileReading {
  const fields = parseObject(text);
  if (!fields) return { damage: 'it is not a whole JSON object' };
  const accessToken = fields['access_token'];
  if (typeof accessToken !== 'string' || !HEADER_SAFE.test(accessToken)) {
    return { damage: 'it has no usable access_token' };
  }
  const isOurs = OWN_FIELDS.some((name) => name in fields);
  if (isOurs && fields['checksum'] !== checksumOf(fields)) return { damage: 'its checksum does not fit' };
  const otherKey = otherKeyNamedBy(accessToken, credential.appKey);
  if (otherKey !== null) return { whose: maskAppKey(otherKey) };
  if (isOurs && fields['owner'] !== credential.id) return { whose: 'another key, mode or host' };
  const dates = isOurs ? ownDates(fields) : sharedDates(fields, accessToken);
  if (!dates) return { damage: 'it has no readable expiry' };
  return { token: tokenFrom(fields, accessToken, dates, credential, policy) };
}

interface Dates {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly refreshAt: number | null;
}

function tokenFrom(
  fields: Fields,
  accessToken: string,
  dates: Dates,
  credential: KisCredential,
  policy: KisTokenPolicy,
): KisToken {
  const type = fields['token_type'];
  const generation = fields['generation'];
  const expiresAt = boundedExpiry(dates);
  const refreshAt = expiresAt === dates.expiresAt ? dates.refreshAt : null;
  return new KisToken({
    accessToken,
    tokenType: typeof type === 'string' && HEADER_SAFE.test(type) ? type : 'Bearer',
    issuedAt: dates.issuedAt,
    expiresAt,
    refreshAt:
      refreshAt ?? drawRefreshAt({ issuedAt: dates.issuedAt, expiresAt }, policy, chanceOf(accessToken)),
    generation: isCount(generation) ? generation : 0,
    owner: credential.id,
    uptime: uptimeIn(fields),
  });
}

function uptimeIn(fields: Fields): TokenUptime | null {
  const { boot_id: bootId, ends_at_uptime_ms: endsAt } = fields;
  return typeof bootId === 'string' && typeof endsAt === 'number' ? { bootId, endsAt } : null;
}

function ownDates(fields: Fields): Dates | null {
  const [issuedAt, expiresAt, refreshAt] = ['issued_at_utc', 'expires_at_utc', 'refresh_at_utc'].map(
    (name) => {
      const text = fields[name];
      return typeof text === 'string' ? Date.parse(text) : NaN;
    },
  ) as [number, number, number];
  return [issuedAt, expiresAt, refreshAt].every(isInstant) ? { issuedAt, expiresAt, refreshAt } : null;
}

/** The dates of a file with only the five fields: those in the token itself first, then the times without zone. */
function sharedDates(fields: Fields, accessToken: string): Dates | null {
  const jwt = readJwt(accessToken);
  const naiveIssue = parseNaive(fields['issued_at']);
  const lifetimeMs = secondsIn(fields['expires_in']) * 1000;
  const counted = naiveIssue !== null && lifetimeMs > 0 ? naiveIssue + lifetimeMs : null;
  const expiresAt = jwt?.expiresAt ?? parseNaive(fields['expiry_datetime']) ?? counted;
  if (expiresAt === null) return null;
  const issuedAt =
    jwt?.issuedAt ?? naiveIssue ?? expiresAt - (lifetimeMs > 0 ? lifetimeMs : USUAL_LIFETIME_MS);
  return [issuedAt, expiresAt].every(isInstant) ? { issuedAt, expiresAt, refreshAt: null } : null;
}

function secondsIn(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
}

function isInstant(epochMs: number): boolean {
  return Math.abs(epochMs) <= END_OF_TIME;
}

/** A number derived from the token, so that all processes agree on one for a token that another program stored. */
function chanceOf(accessToken: string): number {
  return createHash('sha256').update(accessToken).digest().readUInt32BE(0) / 2 ** 32;
}

/** Covers the fields that are read; further ones do not change it. */
function checksumOf(fields: Fields): string {
  const read = [...SHARED_FIELDS, ...OWN_FIELDS]
    .filter((name) => name !== 'checksum')
    .map((name) => fields[name]);
  const plain = read.map((value) => (typeof value === 'object' ? 'object' : value));
  return createHash('sha256').update(JSON.stringify(plain)).digest('hex');
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}
