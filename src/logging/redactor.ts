import { maskAppKey } from '../kis';
import type { KnownSecrets } from '../config/app-config';

interface Rule {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** What the brokerage's secrets look like, whoever prints them. */
const SHAPES: readonly Rule[] = [
  // A token is a JWT (KIS portal, 접근토큰발급(P)); its beginning alone says nothing, but is no use either.
  { pattern: /eyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g, replacement: '[token]' },
  { pattern: /\b(Bearer)\s+[\w.~+/=-]{8,}/gi, replacement: '$1 [token]' },
  {
    pattern:
      /((?:secret|secret_?key|access_?token|sec_?key|approval_?key|api[-_]?key|(?:my|paper)_sec)["']?\s*[:=]\s*["']?)[^\s"',;&}[]{16,}/gi,
    replacement: '$1[secret]',
  },
  { pattern: /[A-Za-z0-9+/]{100,}={0,2}/g, replacement: '[secret]' },
  { pattern: /(app_?key["']?\s*[:=]\s*["']?[A-Za-z0-9]{10})[A-Za-z0-9]+/gi, replacement: '$1…' },
  { pattern: /(?<![A-Za-z0-9])(P[A-Za-z0-9]{9})[A-Za-z0-9]{26}(?![A-Za-z0-9])/g, replacement: '$1…' },
  { pattern: /(CANO["']?\s*[:=]\s*["']?\d{4})\d{4}/gi, replacement: '$1****' },
  { pattern: /(?<![A-Za-z0-9-])(\d{4})\d{4}-(\d{2})(?![\w-])/g, replacement: '$1****-$2' },
];

/** A shorter secret would take ordinary words out of the log; one that short protects nothing anyway. */
const SHORTEST_KNOWN = 6;
/** Of a long secret its beginning is recognised, so that one cut short by somebody is found too. */
const TELLING_BEGINNING = 12;

/** Takes secrets, tokens, keys and account numbers out of text: by their shape, and those given by name. */
export class Redactor {
  private readonly rules: readonly Rule[];

  constructor(known: KnownSecrets = { secrets: [], appKeys: [], accountNumbers: [] }) {
    this.rules = [
      ...known.secrets.flatMap(secretRules),
      ...known.secrets.map(encodeURIComponent).flatMap(secretRules),
      ...known.appKeys.flatMap(appKeyRules),
      ...known.accountNumbers.map(accountNumberRule),
      ...SHAPES,
    ];
  }

  /** The text with at most ten characters of a key and four digits of an account number left. */
  redact(text: string): string {
    return this.rules.reduce((left, { pattern, replacement }) => left.replace(pattern, replacement), text);
  }
}

function secretRules(secret: string): Rule[] {
  if (secret.length < SHORTEST_KNOWN) return [];
  const whole = new RegExp(literal(secret), 'g');
  const begun = new RegExp(`${literal(secret.slice(0, TELLING_BEGINNING))}[\\w+/=%.~-]*`, 'g');
  const patterns = secret.length < 2 * TELLING_BEGINNING ? [whole] : [whole, begun];
  return patterns.map((pattern) => ({ pattern, replacement: '[secret]' }));
}

function appKeyRules(appKey: string): Rule[] {
  if (appKey.length < SHORTEST_KNOWN) return [];
  const masked = maskAppKey(appKey);
  const whole = new RegExp(literal(appKey), 'g');
  const begun = new RegExp(`${literal(masked.slice(0, -1))}[A-Za-z0-9]+`, 'g');
  const patterns = appKey.length < 2 * TELLING_BEGINNING ? [whole] : [whole, begun];
  return patterns.map((pattern) => ({ pattern, replacement: masked.replace(/\$/g, '$$$$') }));
}

/** The number alone, or followed by the two digits of the account code. */
function accountNumberRule(number: string): Rule {
  return {
    pattern: new RegExp(String.raw`(?<!\d)${literal(number)}(?=(?:-?\d{2})?(?!\d))`, 'g'),
    replacement: `${number.slice(0, 4)}****`,
  };
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
