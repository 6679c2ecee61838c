import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { Redactor } from '../logging/redactor';
import { problemOf, type Problem } from './problem';

/**
 * The one place where an error becomes an answer: `application/problem+json` (RFC 9457). What nobody expected is
 * logged with its trace and answered without details. Results of health checks pass as they are.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('HTTP');
  private readonly redactor = new Redactor();

  constructor(private readonly host: HttpAdapterHost) {}

  catch(exception: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    const response = http.getResponse<FastifyReply>();
    const adapter = this.host.httpAdapter;
    if (response.raw.destroyed) return; // The caller went away; there is nobody to tell.
    const problem = problemOf(exception);
    this.log(exception, problem, http.getRequest<unknown>());
    if (response.raw.headersSent) response.raw.end();
    else if (isHealthResult(exception)) adapter.reply(response, exception.getResponse(), problem.status);
    else this.reply(response, problem);
  }

  private reply(response: unknown, problem: Problem): void {
    const adapter = this.host.httpAdapter;
    adapter.setHeader(response, 'Content-Type', 'application/problem+json; charset=utf-8');
    if (problem.status === 401) adapter.setHeader(response, 'WWW-Authenticate', 'Bearer');
    if (problem.retryAt) adapter.setHeader(response, 'Retry-After', secondsUntil(problem.retryAt));
    const detail = this.redactor.redact(problem.detail);
    // Given an object, Nest's adapter would set the content type back to application/json.
    adapter.reply(response, JSON.stringify({ ...problem, detail }), problem.status);
  }

  private log(exception: unknown, problem: Problem, request: unknown): void {
    const { httpAdapter } = this.host;
    const path = String(httpAdapter.getRequestUrl(request)).split('?')[0] ?? '';
    const what = `${String(httpAdapter.getRequestMethod(request))} ${path}`;
    if (problem.code === 'INTERNAL_ERROR') this.logger.error(`${what} failed`, exception);
    else if (problem.status >= 500 && !isHealthResult(exception)) {
      this.logger.warn(`${what} answered ${problem.status} ${problem.code}: ${problem.detail}`);
    }
  }
}

function secondsUntil(at: Date): string {
  return String(Math.max(1, Math.ceil((at.getTime() - Date.now()) / 1000)));
}

/** Terminus throws its result; probes expect it in its own form. */
function isHealthResult(exception: unknown): exception is HttpException {
  if (!(exception instanceof HttpException)) return false;
  const answer = exception.getResponse();
  return typeof answer === 'object' && 'status' in answer && 'details' in answer;
}
