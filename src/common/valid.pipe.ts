import type { PipeTransform } from '@nestjs/common';
import type { ZodType } from 'zod';
import { KisInvalidRequestError } from '../kis';

/**
 * Reads a query by a schema. What does not fit is answered with 400 `INVALID_REQUEST`, and the
 * detail lists every problem, not the first only; it never repeats the value.
 */
export class Valid<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: ZodType<T>) {}

  transform(value: unknown): T {
    const read = this.schema.safeParse(value);
    if (read.success) return read.data;
    const problems = read.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new KisInvalidRequestError(problems.join('; '));
  }
}
