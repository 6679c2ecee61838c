import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/app-config';
import { isLoopback } from '../../config/network';
import { httpProblem, type Problem } from '../../platform/problem';
import { isForeignSite } from './foreign-site';
import { hostNameIn } from './host-name';
import { RefusedRequests } from './refused-requests';
import { requestTarget } from './request-target';

/**
 * Decides by its headers alone whether a request is accepted, whatever its path. Without an API key, attackers can
 * reach this API only through the owner's browser, in two ways: a page of another site that makes it send requests, and
 * a foreign host name that resolves to this machine (DNS rebinding).
 */
@Injectable()
export class AccessPolicy {
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly config: AppConfig,
    private readonly refused: RefusedRequests,
  ) {
    const { host, allowedHosts } = config;
    this.names = new Set(
      [host, ...allowedHosts].map((name) => hostNameIn(name) ?? hostNameIn(`[${name}]`) ?? ''),
    );
  }

  /** The problem with a request; `null` when it is accepted. */
  problemWith({
    raw,
    headers,
    method,
    url,
  }: Pick<FastifyRequest, 'raw' | 'headers' | 'method' | 'url'>): Problem | null {
    const target = requestTarget(raw);
    if (target.fault !== null) return httpProblem(400, target.fault);
    const isServed = this.isServed(target.name);
    if (isServed && !isForeignSite(headers, (own) => this.names.has(own))) return null;
    const what = `${method} ${url.split('?')[0]?.slice(0, LONGEST_SHOWN) ?? ''}`;
    if (!isServed) return this.foreignHost(what, target.name);
    return this.foreignSite(what, headers.origin?.slice(0, LONGEST_SHOWN));
  }

  private isServed(name: string | null): boolean {
    if (this.config.apiKey !== null) return true;
    return name !== null && (this.names.has(name) || isLoopback(name));
  }

  private foreignHost(what: string, name: string | null): Problem {
    this.refused.add(
      'foreign-host',
      `${what} ${name === null ? 'without a Host header' : `for "${name}"`} was refused: without API_KEY this API is served under loopback names only. If the name is your own, add it to ALLOWED_HOSTS.`,
    );
    return httpProblem(421, FOREIGN_HOST);
  }

  private foreignSite(what: string, origin = 'another site'): Problem {
    this.refused.add(
      'foreign-site',
      `${what} was refused: a browser sent it for a page of ${origin}. If a proxy stands between, it must pass the Host header on.`,
    );
    return {
      ...httpProblem(403, FOREIGN_SITE),
      type: 'urn:kis-api:problem:foreign-site',
      code: 'FOREIGN_SITE',
    };
  }
}

/** Longest host name in a log line, in characters. */
const LONGEST_SHOWN = 200;

const FOREIGN_HOST =
  'This API is not served under this name. Use http://127.0.0.1 or http://localhost with its port. If the name ' +
  'is meant to lead here, add it to ALLOWED_HOSTS and restart.';
const FOREIGN_SITE =
  'Requests that a browser sends for a page of another site are refused. Open the address by typing it or from a ' +
  'bookmark, or call this API from a program.';
