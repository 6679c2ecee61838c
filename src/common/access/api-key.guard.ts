import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig, SHORTEST_GOOD_API_KEY } from '../../config/app-config';
import { httpProblem, RequestRefusedException } from '../../platform/problem';
import { RefusedRequests } from './refused-requests';
import { WrongKeys } from './wrong-keys';

/**
 * Accepts a call to `/api` that carries the configured key, as `Authorization: Bearer <key>` or `X-API-Key: <key>`;
 * without a configured key every call is accepted. Health, metrics, docs and the status page need no key. Keys are
 * compared in constant time. After ten wrong keys within a minute an address gets 429 for a minute; during that time a
 * right key is still accepted if it is too long to be guessed. Otherwise anyone at the same address, or behind the same
 * proxy, could lock the owner out.
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

/** Decides by the matched route, because a path can be spelled in many ways. */
function isSuperseded({ routeOptions }: FastifyRequest): boolean {
  return /^\/api(\/|$)/.test(routeOptions.url ?? '/api');
}

function shownKey({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' && plain !== '' ? plain : null);
}

/** Hashes keys to a common length for the comparison. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
