import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, RawRequestDefaultExpression } from 'fastify';
import { jsonText } from './json-text';
import { httpProblem, problemOf, sendProblem, type Problem } from './problem';
import { Redactor } from '../kis';
import { inRequest } from '../logging/request-context';
import { ClientErrors, refuseTunnel } from './client-errors';
import { AllowedMethods } from './method-not-allowed';
import { SECURITY_HEADERS } from './security-headers';
import { serveFolder } from './static-files';

/** Nobody sends this API more than a few words. */
const LONGEST_BODY_BYTES = 100_000;

/** For sending it, headers and body; Fastify would wait for ever. */
const LONGEST_REQUEST_MS = 60_000;

/** How often connections are looked at whose request is late; Node's own interval. */
const LOOK_FOR_LATE_MS = 30_000;

/** An id of the caller's own that may be repeated in headers and log lines. */
const SANE_REQUEST_ID = /^[\w.:@+/=~-]{1,128}$/;

/** Looks at a request before anything else does; a problem ends the request with it. */
export type ArrivalStep = (request: FastifyRequest, reply: FastifyReply) => Problem | null;

type NotFoundHandler = Parameters<FastifyAdapter['setNotFoundHandler']>[0];

export interface HttpPlatformOptions {
  /** Takes secrets out of every response; default: one that knows their shapes only. */
  readonly redactor?: Redactor;
  /** For sending a request, headers and body; default: a minute. */
  readonly requestTimeoutMs?: number;
}

/**
 * Fastify under Nest. Every response, also to what is no proper HTTP request, has the security headers and an
 * `X-Request-Id`, and every refusal is a problem (RFC 9457). Routes match in any case and with a slash at the end;
 * bodies that are no JSON are left unread; static files need no plugin, and cost other requests nothing.
 */
export class HttpPlatform extends FastifyAdapter {
  private readonly steps: ArrivalStep[] = [];
  private readonly serialize: (answer: unknown) => string;
  private readonly clientErrors = new ClientErrors();
  private readonly allowed = new AllowedMethods();

  constructor({
    redactor = new Redactor(),
    requestTimeoutMs = LONGEST_REQUEST_MS,
  }: HttpPlatformOptions = {}) {
    super({
      routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
      bodyLimit: LONGEST_BODY_BYTES,
      requestTimeout: requestTimeoutMs,
      // Without a body Node would refuse what has no Host header; see AllowedHosts.
      http: {
        requireHostHeader: false,
        headersTimeout: requestTimeoutMs,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: Math.min(LOOK_FOR_LATE_MS, requestTimeoutMs),
      },
      clientErrorHandler: (error, socket) => {
        this.clientErrors.answer(error, socket);
      },
      genReqId: requestIdFor(redactor),
      // Requests on connections that are open are answered, and then no more come: see GracefulShutdown.
      return503OnClosing: false,
      // What the router itself refuses comes past every hook and filter.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
        const problem = this.arrive(request, reply) ?? problemOf(error);
        void sendProblem(reply, problem);
      },
      // Connect-style middleware would be looked through for every request; hooks do the same here.
      skipMiddie: true,
      // No route has a schema of Fastify's; its compilers for them are not even loaded.
      schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    });
    this.serialize = writtenOnce(redactor);
    this.readBodies();
    this.beginRequests();
  }

  /** Adds a step that every request passes first, in the order of adding; also those that the router refuses. */
  onArrival(step: ArrivalStep): void {
    this.steps.push(step);
  }

  /** Also the way in which Nest's Swagger module serves its page. Without `@fastify/static`: docs/decisions/0018. */
  override useStaticAssets({ root, prefix = '/' }: { root: string; prefix?: string }): void {
    serveFolder(this.getInstance(), root, prefix);
  }

  /** Of an address that cannot be read the handler is told past all hooks, when the method is an unusual one too. */
  override setNotFoundHandler(handler: NotFoundHandler): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    const notFound = handler as (request: FastifyRequest, reply: FastifyReply) => void;
    return this.getInstance().setNotFoundHandler((request, reply) => {
      const problem = reply.hasHeader('X-Request-Id') ? null : this.arrive(request, reply);
      if (problem === null) notFound(request, reply);
      else void sendProblem(reply, problem);
    });
  }

  /** JSON only; an empty body is none. Whatever else arrives is left unread. Nest adds no parsers to these. */
  private readBodies(): void {
    const fastify = this.getInstance();
    const readJson = fastify.getDefaultJsonParser('error', 'error');
    const options = { bodyLimit: LONGEST_BODY_BYTES };
    this.useBodyParser('application/json', false, options, (request, body, done) => {
      if (body.length === 0) done(null);
      else void readJson(request, body.toString('utf8'), done);
    });
    fastify.addContentTypeParser('*', (_request, body, done) => {
      body.resume();
      done(null);
    });
  }

  private beginRequests(): void {
    const fastify = this.getInstance();
    fastify.setReplySerializer(this.serialize);
    fastify.addHook('onRoute', (route) => {
      this.allowed.add(route);
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      const problem = this.arrive(request, reply) ?? this.wrongMethod(request, reply);
      if (problem === null) inRequest(request.id, done);
      else void sendProblem(reply, problem);
    });
    const { server } = fastify;
    // Their length is limited as it is; beyond a number of them Node would hide the rest from the checks.
    server.maxHeadersCount = 0;
    server.on('connect', refuseTunnel);
    // An expectation that nobody knows changes nothing; Node alone would refuse it without a body.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    // A body arrives outside of what was begun above.
    fastify.addHook('preValidation', ({ id }, _reply, done) => {
      inRequest(id, done);
    });
  }

  private arrive(request: FastifyRequest, reply: FastifyReply): Problem | null {
    this.clientErrors.watch(request, reply);
    void reply.headers({ ...SECURITY_HEADERS, 'X-Request-Id': request.id });
    // The serializer of the routes does not hold where there is no route.
    if (request.is404) void reply.serializer(this.serialize);
    for (const step of this.steps) {
      const problem = step(request, reply);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** The router has found nothing; perhaps only because of the method. */
  private wrongMethod({ is404, method, url }: FastifyRequest, reply: FastifyReply): Problem | null {
    if (!is404) return null;
    const path = url.split('?')[0] ?? '';
    const allowed = this.allowed.at(path).join(', ');
    if (allowed === '') return null;
    void reply.header('Allow', allowed);
    return httpProblem(405, `${path} takes ${allowed}, not ${method}.`);
  }
}

function requestIdFor(redactor: Redactor): (request: RawRequestDefaultExpression) => string {
  return ({ headers }) => {
    const theirs = headers['x-request-id'];
    const isSane =
      typeof theirs === 'string' && SANE_REQUEST_ID.test(theirs) && redactor.redact(theirs) === theirs;
    return isSane ? theirs : randomUUID();
  };
}

function noSchemas(): never {
  throw new Error('Routes have no schemas of Fastify here: queries are read by ValidQuery.');
}

/** An answer that several callers share is written down once. */
function writtenOnce(redactor: Redactor): (answer: unknown) => string {
  const written = new WeakMap<object, string>();
  return (answer) => {
    if (typeof answer !== 'object' || answer === null) return jsonText(answer, redactor);
    const text = written.get(answer) ?? jsonText(answer, redactor);
    written.set(answer, text);
    return text;
  };
}
