import { certificateAdvice } from '../transport/connection-advice';

/** Why Redis cannot be used, and what to do about it. */
export interface RedisProblem {
  /** Continues a sentence in parentheses. */
  readonly reason: string;
  readonly remedy: string;
}

/** Callers wait only seconds for a token: a Redis that takes longer to connect or to answer counts as unavailable. */
export const REDIS_TIMEOUT_MS = 1000;

/** @param option what messages call the address of Redis. */
type Remedy = (option: string) => string;

/** Longer words of a server are cut off. */
const LONGEST_REASON = 200;

const usualRemedy: Remedy = (option) =>
  `Check that it runs and that ${option} is right: redis://host:6379, or rediss:// for TLS, with user and password where they are wanted.`;

/**
 * Matched against the message of Redis or of the client; the first match counts. Sources: redis.io/docs and the texts
 * of Redis 4 to 7.
 */
const REMEDIES: readonly (readonly [pattern: RegExp, remedy: string | Remedy])[] = [
  [
    /^(NOAUTH|WRONGPASS)\b|invalid (username-)?password/i,
    (option) =>
      `Check user and password in ${option}: redis://user:password@host:6379. A Redis before version 6 knows no users: redis://:password@host:6379.`,
  ],
  [
    /^NOPERM\b|can't (run this command|access)/i,
    (option) =>
      `Give the Redis user of ${option} the rights for keys and channels that begin with "kis:" and for the commands EVAL, SUBSCRIBE and INFO (ACL SETUSER … ~kis:* &kis:* +@all).`,
  ],
  [
    /unknown command|NOPROTO|non deterministic commands|This Redis command is not allowed/i,
    'This server is too old or lacks a command that is needed. Use Redis 5 or newer, or a compatible server that runs Lua scripts.',
  ],
  [
    /^READONLY\b/i,
    (option) => `This server is a replica, which cannot be written to. Name the primary server in ${option}.`,
  ],
  [/^MISCONF\b/i, "Redis cannot write to its disk. Look at that server's log and its disk space."],
  [/^OOM\b/i, 'The memory that Redis may use is full. Raise its maxmemory or choose another server.'],
  [/^(LOADING|BUSY|MASTERDOWN)\b/i, 'It should become available by itself; if it does not, look at its log.'],
  [
    /^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT)\b/i,
    'Redis Cluster is not supported. Use a single server, or a primary server with replicas.',
  ],
  [
    /CERT|SIGNATURE$|^INVALID_CA$/,
    (option) =>
      `The certificate of that server is not trusted: for a certificate authority of your own start with NODE_EXTRA_CA_CERTS=/path/to/ca.pem; the name in ${option} must be the certificate's.`,
  ],
  [
    /Protocol error|Unknown RESP type|WRONG_VERSION_NUMBER|EPROTO/i,
    'What listens there is not Redis, or it speaks TLS: use rediss:// for TLS and redis:// without it.',
  ],
];

export function redisProblem(error: Error, option: string): RedisProblem {
  const reason = reasonIn(error);
  const remedy =
    certificateAdvice(error) ?? REMEDIES.find(([pattern]) => pattern.test(reason))?.[1] ?? usualRemedy;
  return { reason, remedy: typeof remedy === 'string' ? remedy : remedy(option) };
}

const LOST_CONNECTION = 'the connection was lost';

export function lostConnection(option: string): RedisProblem {
  return { reason: LOST_CONNECTION, remedy: usualRemedy(option) };
}

/** Whether a command was not answered in time: its connection hangs. */
export function isTimeout(error: Error): boolean {
  return error.message === 'Command timed out';
}

function reasonIn(error: NodeJS.ErrnoException): string {
  if (error.name === 'MaxRetriesPerRequestError') return LOST_CONNECTION;
  if (isTimeout(error)) return `no answer for ${REDIS_TIMEOUT_MS} ms`;
  return (error.code ?? error.message).slice(0, LONGEST_REASON);
}
