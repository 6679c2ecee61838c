import type { PipeTransform } from '@nestjs/common';
import { KisInvalidRequestError } from '../kis';

/** The rule for a query parameter. */
export interface Parameter<T extends string = string> {
  /** The rule as a sentence. */
  readonly rule: string;
  readonly fits: (text: string) => text is T;
}

type Parameters = Readonly<Record<string, Parameter>>;
type TextOf<P> = P extends Parameter<infer T> ? T : never;

/** A valid query. */
export type QueryOf<P extends Parameters> = { readonly [K in keyof P]?: TextOf<P[K]> };

export function matching(form: RegExp, rule: string): Parameter {
  return { rule, fits: (text): text is string => form.test(text) };
}

export function oneOf<T extends string>(values: readonly T[]): Parameter<T> {
  const known: ReadonlySet<string> = new Set(values);
  return { rule: `one of ${values.join(', ')}`, fits: (text): text is T => known.has(text) };
}

/**
 * Validates a query whose parameters are all optional. An invalid one is refused with 400 `INVALID_REQUEST`; the detail
 * lists every problem, not only the first, and never repeats a value.
 */
export class ValidQuery<P extends Parameters> implements PipeTransform<unknown, QueryOf<P>> {
  /** @param together checks parameters that depend on each other; returns the rule that they violate. */
  constructor(
    private readonly parameters: P,
    private readonly together: (query: QueryOf<P>) => string | null = () => null,
  ) {}

  transform(value: unknown): QueryOf<P> {
    const problems = Object.entries(value as object).flatMap(([name, given]) => this.problemsOf(name, given));
    const query = value as QueryOf<P>;
    const broken = problems.length === 0 ? this.together(query) : problems.join('; ');
    if (broken !== null) throw new KisInvalidRequestError(broken);
    return query;
  }

  private problemsOf(name: string, given: unknown): string[] {
    const parameter = Object.hasOwn(this.parameters, name) ? this.parameters[name] : undefined;
    if (!parameter) return [`${name}: there is no such parameter`];
    return typeof given === 'string' && parameter.fits(given) ? [] : [`${name}: ${parameter.rule}`];
  }
}
