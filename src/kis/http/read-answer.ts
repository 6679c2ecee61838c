import { KisBadResponseError } from '../kis.errors';
import type { KisReadCall } from '../protocol/kis-calls';
import { NotAsDocumented, type WireReader } from '../protocol/wire';

/**
 * Reads an answer.
 *
 * @throws KisBadResponseError naming the first field that is not as documented, never its value.
 */
export function readAnswer<T>(reader: WireReader<T>, body: unknown, call: KisReadCall): T {
  try {
    return reader(body, '');
  } catch (error) {
    if (!(error instanceof NotAsDocumented)) throw error;
    throw new KisBadResponseError(
      `The answer of ${call.title} is not as KIS documents it: ${error.field || 'its body'} is missing or has another form. ` +
        'Nothing of it was used; if it lasts, the call has changed and this library must follow.',
    );
  }
}
