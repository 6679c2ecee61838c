import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoggerService } from '@nestjs/common';

type RequestLog = (request: IncomingMessage, response: ServerResponse) => void;

/** A debug line for each request: method, path without query, status and duration. */
export function requestLog(logger: LoggerService): RequestLog {
  return (request, response) => {
    const begun = performance.now();
    const what = `${request.method ?? '?'} ${request.url?.split('?')[0] ?? '?'}`;
    response.once('close', () => {
      const outcome = response.writableFinished ? response.statusCode : 'caller went away';
      logger.debug?.(`${what} ${outcome} ${Math.round(performance.now() - begun)} ms`, 'HTTP');
    });
  };
}
