import { HttpException } from '@nestjs/common';
import type { KisError } from '../kis';

/** A `KisError` for which one route uses another status than usual. */
export class ProblemWithStatus extends HttpException {
  constructor(
    status: number,
    readonly error: KisError,
  ) {
    super(error.message, status, { cause: error });
  }
}
