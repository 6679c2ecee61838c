import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KisError } from '../kis';
import { inRequest } from '../logging/request-context';
import { problemOf, sendProblem, type Problem } from '../platform/problem';
import { ProblemWithStatus } from '../platform/problem-with-status';

/**
 * The one place where an exception becomes a response: `application/problem+json` (RFC 9457). An unexpected exception is
 * logged with its stack trace, and its details stay out of the response. Results of health checks are passed through.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('HTTP');

  catch(exception: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.raw.destroyed) return; // The caller has disconnected.
    const problem = problemOf(exception);
    const request = http.getRequest<FastifyRequest>();
    // Some errors are thrown outside of the handler: the body is read before.
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

/** Whether the library or an earlier request has logged this failure; marks it as logged. */
function isLogged(exception: unknown): boolean {
  const error = exception instanceof ProblemWithStatus ? exception.error : exception;
  if (!(error instanceof KisError)) return false;
  const wasLogged = error.isLogged;
  error.markLogged();
  return wasLogged;
}

/** Terminus throws its result, which probes expect in the form of Terminus. */
function isHealthResult(exception: unknown): exception is HttpException {
  if (!(exception instanceof HttpException)) return false;
  const answer = exception.getResponse();
  return typeof answer === 'object' && 'status' in answer && 'details' in answer;
}
