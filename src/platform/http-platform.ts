import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { problemOf } from '../common/problem';
import { serveFolder } from './static-files';

/** Nobody sends this API more than a few words. */
const LONGEST_BODY_BYTES = 100_000;

/** For sending it, headers and body; Fastify would wait for ever. */
const LONGEST_REQUEST_MS = 60_000;

/**
 * Fastify under Nest. Routes match in any case and with a slash at the end; bodies that are no JSON are left unread;
 * static files need no plugin, and cost other requests nothing.
 */
export class HttpPlatform extends FastifyAdapter {
  constructor() {
    super({
      routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
      bodyLimit: LONGEST_BODY_BYTES,
      requestTimeout: LONGEST_REQUEST_MS,
      // Requests on connections that are open are answered, and then no more come: see GracefulShutdown.
      return503OnClosing: false,
      frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => {
        refuse(error, reply);
      },
      // Connect-style middleware would be looked through for every request; hooks do the same here.
      skipMiddie: true,
      // No route has a schema of Fastify's; its compilers for them are not even loaded.
      schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    });
    this.getInstance().setReplySerializer(writtenOnce());
  }

  override registerParserMiddleware(): void {
    const fastify = this.getInstance();
    const readJson = fastify.getDefaultJsonParser('error', 'error');
    this.useBodyParser(
      'application/json',
      false,
      { bodyLimit: LONGEST_BODY_BYTES },
      (request, body, done) => {
        if (body.length === 0) done(null);
        else void readJson(request, body.toString('utf8'), done);
      },
    );
    fastify.addContentTypeParser('*', (_request, body, done) => {
      body.resume();
      done(null);
    });
  }

  /** Also the way in which Nest's Swagger module serves its page. */
  override useStaticAssets({ root, prefix = '/' }: { root: string; prefix?: string }): void {
    serveFolder(this.getInstance(), root, prefix);
  }
}

function noSchemas(): never {
  throw new Error('Routes have no schemas of Fastify here: queries are read by ValidQuery.');
}

/** An answer that several callers share is written down once. */
function writtenOnce(): (answer: unknown) => string {
  const written = new WeakMap<object, string>();
  return (answer) => {
    if (typeof answer !== 'object' || answer === null) return JSON.stringify(answer);
    const text = written.get(answer) ?? JSON.stringify(answer);
    written.set(answer, text);
    return text;
  };
}

/** What the router itself refuses comes past every filter. */
function refuse(error: Error, reply: FastifyReply): void {
  const problem = problemOf(error);
  void reply
    .code(problem.status)
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
