import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, RawRequestDefaultExpression } from 'fastify';
import { jsonText } from './json-text';
import { httpProblem, problemOf, sendProblem, type Problem } from './problem';
import { KisInvalidRequestError, Redactor, writtenNames } from '../kis';
import { inRequest, keepContext } from '../logging/request-context';
import { ClientErrors, refuseTunnel } from './client-errors';
import { AllowedMethods } from './method-not-allowed';
import { SECURITY_HEADERS } from './security-headers';
import { serveFolder } from './static-files';

/** Longest body in bytes; requests to this API are small. */
const LONGEST_BODY_BYTES = 100_000;

/** Time limit for receiving a request, headers and body; Fastify has none. */
const LONGEST_REQUEST_MS = 60_000;

/** How often Node checks for requests that exceed it; Node's default. */
const LOOK_FOR_LATE_MS = 30_000;

/** A request id of the caller that is safe to repeat in headers and log lines. */
const SANE_REQUEST_ID = /^[\w.:@+/=~-]{1,128}$/;

/** Checks a request before anything else; a problem ends the request. */
export type ArrivalStep = (request: FastifyRequest, reply: FastifyReply) => Problem | null;

/**
 * Takes a request over before anything else sees it, and returns whether it did. It is then responsible for everything,
 * checks included.
 */
export type Diversion = (request: IncomingMessage, response: ServerResponse) => boolean;

type NotFoundHandler = Parameters<FastifyAdapter['setNotFoundHandler']>[0];

export interface HttpPlatformOptions {
  /** Redacts every response; default: one that recognizes secrets by their form only. */
  readonly redactor?: Redactor;
  /** Milliseconds for receiving a request, headers and body; default: a minute. */
  readonly requestTimeoutMs?: number;
}

/**
 * The Fastify adapter of Nest. Every response, also to a malformed request, has the security headers and an
 * `X-Request-Id`, and every refusal is a problem (RFC 9457). Routes match in any letter case and with a trailing slash;
 * bodies that are not JSON are left unread; static files need no plugin and add no cost to other requests.
 */
export class HttpPlatform extends FastifyAdapter {
  private readonly steps: ArrivalStep[] = [];
  private diversion: Diversion = () => false;
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
      // Node would refuse a request without a Host header without a response body.
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
      // Requests on open connections are answered during a shutdown: see GracefulShutdown.
      return503OnClosing: false,
      // Refusals of the router bypass every hook and filter.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
        const problem = this.arrive(request, reply) ?? problemOf(error);
        void sendProblem(reply, problem);
      },
      // Hooks are used instead of Connect-style middleware, which would cost time for every request.
      skipMiddie: true,
      // No route has a Fastify schema, so its schema compilers are not loaded.
      schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    });
    this.serialize = writtenOnce(redactor);
    this.readBodies();
    this.beginRequests();
  }

  /** Adds a check that runs first for every request, including those that the router refuses; in order of addition. */
  onArrival(step: ArrivalStep): void {
    this.steps.push(step);
  }

  /** For requests that are answered byte for byte by their own rules: none of the steps, hooks and headers applies. */
  divert(diversion: Diversion): void {
    this.diversion = diversion;
  }

  /** Without `@fastify/static`: docs/decisions/0018. */
  override useStaticAssets({ root, prefix = '/' }: { root: string; prefix?: string }): void {
    serveFolder(this.getInstance(), root, prefix);
  }

  /** For a malformed address Fastify calls the handler without any hook if the method is unusual too. */
  override setNotFoundHandler(handler: NotFoundHandler): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    const notFound = handler as (request: FastifyRequest, reply: FastifyReply) => void;
    return this.getInstance().setNotFoundHandler((request, reply) => {
      const problem = reply.hasHeader('X-Request-Id') ? null : this.arrive(request, reply);
      if (problem === null) notFound(request, reply);
      else void sendProblem(reply, problem);
    });
  }

  /** JSON only; an empty body counts as none, and other content is left unread. Nest adds no parsers of its own. */
  private readBodies(): void {
    const fastify = this.getInstance();
    const readJson = fastify.getDefaultJsonParser('error', 'error');
    const options = { bodyLimit: LONGEST_BODY_BYTES };
    this.useBodyParser('application/json', false, options, (request, body, done) => {
      const text = body.toString('utf8');
      if (text.length === 0) done(null);
      else
        void readJson(request, text, (error, value) => {
          if (error === null && namesTwice(text, value)) done(new KisInvalidRequestError(TWICE));
          else done(error, value);
        });
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
      if (problem === null) {
        keepContext(reply.raw);
        inRequest(request.id, done);
      } else void sendProblem(reply, problem);
    });
    const { server } = fastify;
    this.divertBefore(server);
    // Their total size is limited anyway; beyond a maximum count Node would hide the rest from the checks.
    server.maxHeadersCount = 0;
    server.on('connect', refuseTunnel);
    // An unknown expectation is ignored; Node would refuse it without a response body.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    // Body events are emitted outside of the context begun above.
    fastify.addHook('preValidation', ({ id }, _reply, done) => {
      inRequest(id, done);
    });
  }

  /** The router is the only listener so far. */
  private divertBefore(server: Server): void {
    const routers = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.clientErrors.watch(request, response);
      if (this.diversion(request, response)) return;
      for (const router of routers) Reflect.apply(router, server, [request, response]);
    });
  }

  private arrive(request: FastifyRequest, reply: FastifyReply): Problem | null {
    void reply.headers({ ...SECURITY_HEADERS, 'X-Request-Id': request.id });
    // The serializer of the routes is not used where there is no route.
    if (request.is404) void reply.serializer(this.serialize);
    for (const step of this.steps) {
      const problem = step(request, reply);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** The router has found no route, perhaps only because of the method. */
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

const TWICE = 'The body has a member twice: it is not known which one is meant. Give each one once.';

/** Whether a flat object has a member twice; the members of others are refused by name. */
function namesTwice(text: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members: unknown[] = Object.values(value);
  const isFlat = members.every((each) => typeof each !== 'object' || each === null);
  return isFlat && writtenNames(text) > members.length;
}

function noSchemas(): never {
  throw new Error('Routes have no schemas of Fastify here: queries are read by ValidQuery.');
}

/** A response that several callers share is serialized once. */
function writtenOnce(redactor: Redactor): (answer: unknown) => string {
  const written = new WeakMap<object, string>();
  return (answer) => {
    if (typeof answer !== 'object' || answer === null) return jsonText(answer, redactor);
    const text = written.get(answer) ?? jsonText(answer, redactor);
    written.set(answer, text);
    return text;
  };
}
