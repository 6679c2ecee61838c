/** What a setting accepts, in words and as a check. */
export interface Rule {
  readonly expects: string;
  accepts(value: unknown): boolean;
}

/** The rules of a group of settings: one for each, under its name. */
export type Rules<Settings> = Readonly<Record<keyof Settings, Rule>>;

export const MANY = 1_000_000_000;
export const TEN_MINUTES_MS = 600_000;

export const whole = (from: number, to: number): Rule => ({
  expects: `a whole number from ${from} to ${to}`,
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to,
});

export const oneOf = (...values: readonly (string | number | null)[]): Rule => ({
  expects: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
  accepts: (value) => values.some((allowed) => allowed === value),
});

export const nullOr = (rule: Rule): Rule => ({
  expects: `null or ${rule.expects}`,
  accepts: (value) => value === null || rule.accepts(value),
});

export const flag: Rule = { expects: 'true or false', accepts: (value) => typeof value === 'boolean' };

export const chance: Rule = {
  expects: 'a number from 0 to 1',
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};

export const text = (form: RegExp, expects: string): Rule => ({
  expects,
  accepts: (value) => typeof value === 'string' && form.test(value),
});
