import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config';

/**
 * Lets a call to `/api` pass when it shows the configured key, as `Authorization: Bearer <key>` or
 * `X-API-Key: <key>`; without a configured key every call passes. Health, metrics, docs and the status page need
 * none. Comparing takes the same time wherever the keys differ.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly expected: Buffer | null;

  constructor(config: AppConfig) {
    this.expected = config.apiKey === null ? null : digest(config.apiKey);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.expected === null || !isGuarded(request)) return true;
    const shown = shownKey(request);
    if (shown !== null && timingSafeEqual(digest(shown), this.expected)) return true;
    throw new UnauthorizedException(
      `The API key is ${shown === null ? 'missing' : 'wrong'}. Send "Authorization: Bearer <key>" or ` +
        '"X-API-Key: <key>" with the value of API_KEY of this server.',
    );
  }
}

/** By the route that was matched, because a path can be written in many ways. */
function isGuarded({ routeOptions }: FastifyRequest): boolean {
  return /^\/api(\/|$)/.test(routeOptions.url ?? '/api');
}

function shownKey({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' && plain !== '' ? plain : null);
}

/** Makes keys of all lengths comparable. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
