import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig, SHORTEST_GOOD_API_KEY } from '../../config/app-config';
import { httpProblem, RequestRefusedException } from '../../platform/problem';
import { RefusedRequests } from './refused-requests';
import { WrongKeys } from './wrong-keys';

/**
 * Lets a call to `/api` pass when it shows the configured key, as `Authorization: Bearer <key>` or
 * `X-API-Key: <key>`; without a configured key every call passes. Health, metrics, docs and the status page need
 * none. Comparing takes the same time wherever the keys differ. An address from which ten wrong keys came within a
 * minute gets 429 for a minute. The right key passes all the same if it is too long to be found by trying: otherwise
 * anybody at the address of the owner, or behind the same proxy, could lock the owner out.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly expected: Buffer | null;
  private readonly isGuessable: boolean;
  private readonly wrongKeys = new WrongKeys();

  constructor(
    config: AppConfig,
    private readonly refused: RefusedRequests,
  ) {
    this.expected = config.apiKey === null ? null : digest(config.apiKey);
    this.isGuessable = (config.apiKey?.length ?? 0) < SHORTEST_GOOD_API_KEY;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.expected === null || !isSuperseded(request)) return true;
    const shown = shownKey(request);
    const isRight = shown !== null && timingSafeEqual(digest(shown), this.expected);
    if (isRight && !this.isGuessable) return true;
    this.mustNotBeBlocked(request.ip);
    if (isRight) return true;
    if (shown === null) throw unauthorized('missing');
    this.countWrongKey(request.ip);
    throw unauthorized('wrong');
  }

  private mustNotBeBlocked(address: string): void {
    const blockedForMs = this.wrongKeys.blockedForMs(address);
    if (blockedForMs === 0) return;
    this.refused.add(
      'too-many-wrong-keys',
      `Too many wrong API keys came from ${address}: it gets 429 for a minute.`,
    );
    throw new RequestRefusedException({
      ...httpProblem(429, 'Too many wrong API keys came from this address. Wait, then send the right one.'),
      retryAt: new Date(Date.now() + blockedForMs),
    });
  }

  private countWrongKey(address: string): void {
    this.refused.add(
      'wrong-key',
      `A wrong API key came from ${address}. If it is your own program, correct its key.`,
    );
    this.wrongKeys.add(address);
  }
}

function unauthorized(fault: 'missing' | 'wrong'): UnauthorizedException {
  return new UnauthorizedException(
    `The API key is ${fault}. Send "Authorization: Bearer <key>" or "X-API-Key: <key>" with the value of API_KEY of this server.`,
  );
}

/** By the route that was matched, because a path can be written in many ways. */
function isSuperseded({ routeOptions }: FastifyRequest): boolean {
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
