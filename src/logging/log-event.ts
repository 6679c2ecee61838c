import { inspect } from 'node:util';

/** Events of the log, and how the arguments of Nest's logger become one. */

/** The level names of Python's `logging`, so that one pattern matches the logs of both. */
export const LEVEL_NAMES = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
} as const;

export type EventLevel = keyof typeof LEVEL_NAMES;

/** One event of the log. */
export interface LogEvent {
  readonly level: EventLevel;
  /** The component that logs it. */
  readonly tag: string;
  readonly message: string;
  /** The HTTP request during which it happened, if there was one. */
  readonly requestId?: string | undefined;
  /** The stack trace: lines that begin with `at` or `Caused by`. Errors only. */
  readonly trace: readonly string[];
}

const DEEPEST_CAUSE = 5;

/** The event for a call of Nest's `LoggerService`: `(message, ...details, tag?)`. */
export function toEvent(level: EventLevel, message: unknown, parameters: readonly unknown[]): LogEvent {
  const last = parameters.at(-1);
  const tagged = typeof last === 'string' && !isStack(last);
  const details = (tagged ? parameters.slice(0, -1) : parameters).filter((detail) => detail !== undefined);
  const parts = [message, ...details.filter((detail) => !isStack(detail))];
  const severe = level === 'error' || level === 'fatal';
  return {
    level,
    tag: tagged ? last : 'App',
    message: parts.map(describe).join(': '),
    trace: severe ? [message, ...details].flatMap((part) => traceOf(part)) : [],
  };
}

function isStack(value: unknown): value is string {
  return typeof value === 'string' && /\n\s+at /.test(value);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return inspect(value, { depth: 4, breakLength: Infinity, compact: true });
  } catch {
    return '[unprintable]';
  }
}

function traceOf(value: unknown, depth = 0): string[] {
  if (isStack(value)) return frames(value);
  if (!(value instanceof Error)) return [];
  const own = frames(value.stack ?? '');
  if (value.cause === undefined || depth === DEEPEST_CAUSE) return own;
  return [...own, `Caused by: ${describe(value.cause)}`, ...traceOf(value.cause, depth + 1)];
}

/** Without the message at the head of a stack, which the event contains already. */
function frames(stack: string): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
