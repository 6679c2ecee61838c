import type { RouteOptions } from 'fastify';

interface Route {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** The methods that the routes take; the router can only be queried for one method at a time. */
export class AllowedMethods {
  private readonly routes: Route[] = [];

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    this.routes.push({ pattern: patternOf(url), methods: [method].flat() });
  }

  /** Those of a path; none where no route has this path. */
  at(path: string): string[] {
    const here = this.routes.filter(({ pattern }) => pattern.test(path));
    return [...new Set(here.flatMap(({ methods }) => methods))].sort();
  }
}

/** As the router is configured to match: in any letter case, with or without a trailing slash. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/\W/g, '\\$&')));
  return new RegExp(`^${parts.join('/').replace(/\/$/, '')}/?$`, 'i');
}
