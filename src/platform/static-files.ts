import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the files that a folder contains now, each by a route of its own, so that no other path reaches the file system.
 * Existing routes are not replaced.
 */
export function serveFolder(fastify: FastifyInstance, folder: string, prefix: string): void {
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
  const add = (url: string, name: string): void => {
    if (fastify.hasRoute({ method: 'GET', url })) return;
    fastify.get(url, (request, reply) => serve(request, reply, join(folder, name)));
  };
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())) {
    add(base + name, name);
    if (name === 'index.html') add(prefix, name);
  }
}

async function serve(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
  const { mtimeMs, size } = await stat(path);
  const tag = `W/"${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`;
  void reply.headers({ ETag: tag, 'Cache-Control': 'public, max-age=0' });
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  return reply.type(TYPES[extname(path)] ?? 'application/octet-stream').send(await readFile(path));
}
