import type { Environment } from './environment';

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  /** Whether decimals are allowed; default: whole numbers only. */
  readonly fractions?: boolean;
}

/** Reads variables and collects problems, so that all of them are reported at once. */
export class VariableReader {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  private readonly faulty: Set<string>;

  /**
   * @param placeOf what is added to the name of a variable whose value comes from a file of its own
   * @param unreadable variables whose value could not be read, a problem that has been reported already
   */
  constructor(
    private readonly values: Environment,
    private readonly placeOf: (name: string) => string = () => '',
    unreadable: Iterable<string> = [],
  ) {
    this.faulty = new Set(unreadable);
  }

  problem(name: string, rule: string): void {
    this.faulty.add(name);
    this.problems.push(`${name}${this.placeOf(name)}: ${rule}`);
  }

  warn(name: string, rule: string): void {
    this.warnings.push(`${name}${this.placeOf(name)}: ${rule}`);
  }

  /** Whether a problem with this variable has been reported; what follows from it is not worth a second one. */
  isFaulty(name: string): boolean {
    return this.faulty.has(name);
  }

  /** Adds the problems and warnings of another reader. */
  adopt(other: Pick<VariableReader, 'problems' | 'warnings'>): void {
    this.problems.push(...other.problems);
    this.warnings.push(...other.warnings);
  }

  /** Whether it is set and not empty. */
  has(name: string): boolean {
    return (this.values[name] ?? '') !== '';
  }

  /** The trimmed value; `null` when it is not set or empty. */
  text(name: string): string | null {
    const value = this.values[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  /** Like {@link text}, for variables where an empty value has a meaning: `null` only when it is not set. */
  textOrEmpty(name: string): string | null {
    return this.values[name]?.trim() ?? null;
  }

  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === null) return fallback;
    const chosen = allowed.find((each) => each.toLowerCase() === text.toLowerCase());
    if (chosen === undefined) this.problem(name, `must be one of ${allowed.join(', ')}.`);
    return chosen ?? fallback;
  }

  flag(name: string): boolean {
    return this.choice(name, ['true', 'false'], 'false') === 'true';
  }

  number(name: string, rule: NumberRule): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const form = rule.fractions ? /^\d+(\.\d+)?$/ : /^\d+$/;
    const value = form.test(text) ? Number(text) : NaN;
    if (value >= rule.min && value <= rule.max) return value;
    this.problem(name, `must be a ${rule.fractions ? '' : 'whole '}number from ${rule.min} to ${rule.max}.`);
    return null;
  }

  /** A value sent in a header: printable ASCII without spaces. Returns `null` for an invalid one, and reports it. */
  secret(name: string): string | null {
    const value = this.values[name] ?? '';
    if (value === '') return null;
    const fault = secretFault(value);
    if (fault === null) return value;
    this.problem(name, fault);
    return null;
  }
}

function secretFault(value: string): string | null {
  const bare = value.trim();
  if (bare === '') return 'contains only spaces; paste the value, or leave it empty.';
  if (bare !== value) {
    return 'starts or ends with spaces or a line break, often copied along; remove them.';
  }
  if (/^(["']).*\1$/s.test(value)) return 'has quotation marks around it; remove them.';
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return 'contains a space, a line break or a character that is not ASCII; copy it again.';
  }
  return null;
}
