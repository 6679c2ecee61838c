import type { ServerResponse } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { inRequest } from './request-context';

/** Longest path in a log line, in characters. */
const LONGEST_PATH = 200;

interface LoggedRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
}

type RequestLog = (request: LoggedRequest, response: ServerResponse) => void;

/** A debug line for each request: method, path without query, status and duration. */
export function requestLog(logger: LoggerService): RequestLog {
  return ({ id, method, url }, response) => {
    const begun = performance.now();
    const what = `${method} ${url.split('?')[0]?.slice(0, LONGEST_PATH) ?? '?'}`;
    response.once('close', () => {
      const outcome = response.writableFinished ? response.statusCode : 'caller went away';
      inRequest(id, () => {
        logger.debug?.(`${what} ${outcome} ${Math.round(performance.now() - begun)} ms`, 'HTTP');
      });
    });
  };
}
