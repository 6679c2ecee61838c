import type { PipeTransform } from '@nestjs/common';
import { KisInvalidRequestError } from '../kis';
import type { Parameter } from './valid-query';

/** One member of a body. */
export interface Member<T extends string = string> extends Parameter<T> {
  readonly required?: boolean;
}

type Members = Readonly<Record<string, Member>>;
type TextOf<M> = M extends Member<infer T> ? T : never;

/** A valid body; optional members are missing where they were not given, or given as null. */
export type BodyOf<M extends Members> = {
  readonly [K in keyof M as M[K] extends { required: true } ? K : never]: TextOf<M[K]>;
} & { readonly [K in keyof M as M[K] extends { required: true } ? never : K]?: TextOf<M[K]> | undefined };

export function required<T extends string>(member: Member<T>): Member<T> & { readonly required: true } {
  return { ...member, required: true };
}

/**
 * Validates a JSON object whose members are strings. An invalid one is refused with 400 `INVALID_REQUEST`; the detail
 * lists every problem and never repeats a value.
 */
export class ValidBody<M extends Members> implements PipeTransform<unknown, BodyOf<M>> {
  /** @param together checks members that depend on each other; returns the rule that they violate. */
  constructor(
    private readonly members: M,
    private readonly together: (body: BodyOf<M>) => string | null = () => null,
  ) {}

  transform(value: unknown): BodyOf<M> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new KisInvalidRequestError(
        'The body must be a JSON object, with the header "Content-Type: application/json".',
      );
    }
    const given = Object.entries(value).filter(([, each]) => each !== null);
    const names = given.map(([name]) => name);
    const missing = Object.keys(this.members).filter(
      (name) => this.members[name]?.required && !names.includes(name),
    );
    const problems = [
      ...missing.map((name) => `${name}: is missing; ${this.members[name]?.rule ?? ''}`),
      ...given.flatMap(([name, each]) => this.problemsOf(name, each)),
    ];
    const body = Object.fromEntries(given) as BodyOf<M>;
    const broken = problems.length === 0 ? this.together(body) : problems.join('; ');
    if (broken !== null) throw new KisInvalidRequestError(broken);
    return body;
  }

  private problemsOf(name: string, given: unknown): string[] {
    const member = Object.hasOwn(this.members, name) ? this.members[name] : undefined;
    if (!member) return [`${name.slice(0, 40)}: there is no such member`];
    return typeof given === 'string' && member.fits(given) ? [] : [`${name}: ${member.rule}`];
  }
}
