import { KisInvalidRequestError } from '../kis';
import { UsageError } from './cli-command';

/**
 * One of several values, in whatever case it is written; where two differ in case only, as written.
 *
 * @param name the option or argument as it is written on the command line, for the message.
 * @throws UsageError for a text that is none of them.
 */
export function chosen<T extends string>(
  name: string,
  values: readonly T[],
  given: string | undefined,
): T | undefined {
  if (given === undefined) return undefined;
  const found =
    values.find((value) => value === given) ??
    values.find((value) => value.toLowerCase() === given.toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(`${name}: one of ${values.join(', ')}.`);
}

/**
 * Carries out what takes the arguments of a command as they are.
 * @throws UsageError where one of them makes it an invalid request.
 */
export async function withArguments<T>(take: () => T | Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    throw error instanceof KisInvalidRequestError ? new UsageError(error.message) : error;
  }
}
