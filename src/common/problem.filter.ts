import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KisError } from '../kis';
import { inRequest } from '../logging/request-context';
import { problemOf, sendProblem, type Problem } from '../platform/problem';
import { ProblemWithStatus } from '../platform/problem-with-status';

/**
 * The one place where an error becomes an answer: `application/problem+json` (RFC 9457). What nobody expected is
 * logged with its trace and answered without details. Results of health checks pass as they are.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('HTTP');

  catch(exception: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.raw.destroyed) return; // The caller went away; there is nobody to tell.
    const problem = problemOf(exception);
    const request = http.getRequest<FastifyRequest>();
    // Not every error is thrown where the request is handled: its body is read before.
    inRequest(request.id, () => {
      this.log(exception, problem, request);
    });
    if (reply.raw.headersSent) reply.raw.end();
    else if (isHealthResult(exception)) void reply.code(problem.status).send(exception.getResponse());
    else void sendProblem(reply, problem);
  }

  private log(exception: unknown, problem: Problem, { method, url }: FastifyRequest): void {
    const what = `${method} ${url.split('?')[0] ?? ''}`;
    if (problem.code === 'INTERNAL_ERROR') this.logger.error(`${what} failed`, exception);
    else if (problem.status >= 500 && !isHealthResult(exception) && !isLogged(exception)) {
      this.logger.warn(`${what} answered ${problem.status} ${problem.code}: ${problem.detail}`);
    }
  }
}

/** Whether the library has reported it, or an earlier request has met the same failure. From now on it is. */
function isLogged(exception: unknown): boolean {
  const error = exception instanceof ProblemWithStatus ? exception.error : exception;
  if (!(error instanceof KisError)) return false;
  const wasLogged = error.isLogged;
  error.markLogged();
  return wasLogged;
}

/** Terminus throws its result; probes expect it in its own form. */
function isHealthResult(exception: unknown): exception is HttpException {
  if (!(exception instanceof HttpException)) return false;
  const answer = exception.getResponse();
  return typeof answer === 'object' && 'status' in answer && 'details' in answer;
}
