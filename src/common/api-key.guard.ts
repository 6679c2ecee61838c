import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppConfig } from '../config/app-config';

interface AnyRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Lets a call to `/api` pass when it shows the configured key, as `Authorization: Bearer <key>` or
 * `X-API-Key: <key>`; without a configured key every call passes. Health, metrics, docs and the status page need
 * none. Comparing takes the same time wherever the keys differ.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly expected: Buffer | null;

  constructor(
    private readonly host: HttpAdapterHost,
    config: AppConfig,
  ) {
    this.expected = config.apiKey === null ? null : digest(config.apiKey);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AnyRequest>();
    if (this.expected === null || !this.isGuarded(request)) return true;
    const shown = shownKey(request);
    if (shown !== null && timingSafeEqual(digest(shown), this.expected)) return true;
    throw new UnauthorizedException(
      `The API key is ${shown === null ? 'missing' : 'wrong'}. Send "Authorization: Bearer <key>" or ` +
        '"X-API-Key: <key>" with the value of API_KEY of this server.',
    );
  }

  /** Routes match in any case, and a request line may hold a whole URL: the path is compared as the router sees it. */
  private isGuarded(request: AnyRequest): boolean {
    const target = String(this.host.httpAdapter.getRequestUrl(request));
    if (!URL.canParse(target, 'http://localhost')) return true;
    return /^\/api(\/|$)/i.test(new URL(target, 'http://localhost').pathname);
  }
}

function shownKey({ headers }: AnyRequest): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(String(headers['authorization'] ?? ''))?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' && plain !== '' ? plain : null);
}

/** Makes keys of all lengths comparable. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
