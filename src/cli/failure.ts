import { ConfigError } from '../config/config.error';
import { KisError, KisOrderRefusedError, KisOrderRejectedError } from '../kis';
import { CheckFailed } from './doctor/doctor';
import type { CliIo } from './output';

const FAILED = 1;

/**
 * Writes to standard error why a command failed that was called correctly: as text, or as one line of JSON with the
 * members of a problem of the HTTP API (`code`, `detail`, `retryAt`, `kis`).
 *
 * @returns the exit code
 */
export function reportFailure(error: unknown, json: boolean, io: CliIo): number {
  if (!(error instanceof CheckFailed)) io.err(json ? `${JSON.stringify(facts(error))}\n` : words(error));
  return FAILED;
}

function words(error: unknown): string {
  const retryAt = error instanceof KisError ? error.retryAt : undefined;
  const retry = retryAt ? `Try again after ${retryAt.toLocaleString('sv-SE')}.\n` : '';
  return `${messageOf(error)}\n${retry}`;
}

function facts(error: unknown): object {
  const detail = messageOf(error);
  if (error instanceof ConfigError)
    return { code: 'CONFIGURATION_INVALID', detail, problems: error.problems };
  if (!(error instanceof KisError)) return { code: 'FAILED', detail };
  const { code, retryAt, kis } = error;
  const problems = error instanceof KisOrderRefusedError ? error.problems : undefined;
  const order = error instanceof KisOrderRejectedError ? error.order : undefined;
  return { code, detail, retryAt: retryAt?.toISOString(), kis, problems, order };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
