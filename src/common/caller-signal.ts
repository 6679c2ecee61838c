import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';

/**
 * A signal that aborts when the caller disconnects before the response is sent. A request that is shared by several
 * callers continues for the others.
 */
export const CallerSignal = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  return signalOf(context.switchToHttp().getResponse<FastifyReply>().raw);
});

export function signalOf(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableEnded) leaving.abort();
  });
  return leaving.signal;
}
