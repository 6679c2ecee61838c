import { HttpException } from '@nestjs/common';
import type { KisError } from '../kis';

/** A `KisError` that one route answers with another status than the usual one. */
export class ProblemWithStatus extends HttpException {
  constructor(
    status: number,
    readonly error: KisError,
  ) {
    super(error.message, status, { cause: error });
  }
}
