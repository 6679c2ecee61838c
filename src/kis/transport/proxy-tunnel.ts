import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { ProxyError } from './proxy-error';
import type { Proxy } from './proxy';

/** A step of establishing a connection, which can be abandoned. */
export interface ConnectionAttempt {
  destroy(error: Error): unknown;
}

/**
 * Opens a tunnel to a server through a proxy (`CONNECT`, RFC 9110 section 9.3.6). The proxy sees the name and port of
 * that server and nothing else.
 */
export function openTunnel(
  proxy: Proxy,
  { host, port }: { readonly host: string; readonly port: number },
): { readonly attempt: ConnectionAttempt; readonly opened: Promise<Socket> } {
  const server = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const options = {
    method: 'CONNECT',
    host: proxy.hostname,
    port: proxy.port,
    path: server,
    headers: { Host: server, ...proxy.headers },
  };
  const attempt = proxy.isSecure
    ? httpsRequest({ ...options, agent: new HttpsAgent({ rejectUnauthorized: true }) })
    : httpRequest({ ...options, agent: new HttpAgent() });
  const opened = new Promise<Socket>((resolve, reject) => {
    attempt.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        reject(refused(proxy, server, statusCode));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    attempt.once('error', (error: NodeJS.ErrnoException) => {
      reject(unusable(proxy, error));
    });
  });
  attempt.end();
  return { attempt, opened };
}

function refused({ place }: Proxy, server: string, status: number): ProxyError {
  const reason = `the proxy ${place} answered HTTP ${status}`;
  if (status === 407) {
    return new ProxyError(
      reason,
      (nameOption) =>
        `It requires a user and a password, or different ones: write them as http://user:password@host:port in ${nameOption('proxy')}.`,
    );
  }
  return new ProxyError(
    reason,
    (nameOption) =>
      `It does not allow connections to ${server}: have them allowed, or add the host to ${nameOption('proxy.except')} if it can be reached directly.`,
  );
}

function unusable({ place }: Proxy, error: NodeJS.ErrnoException): ProxyError {
  return new ProxyError(
    `the proxy ${place} cannot be used: ${error.code ?? error.name}`,
    (nameOption) =>
      `Check ${nameOption('proxy')}, or add the host to ${nameOption('proxy.except')} if it can be reached directly.`,
    error,
  );
}
