import { KisBadResponseError } from '../kis.errors';
import type { KisReadCall } from '../protocol/kis-calls';
import { NotAsDocumented, type WireReader } from '../protocol/wire';

/**
 * Reads the body of an answer into the types of the library.
 *
 * @throws KisBadResponseError naming the first field that is not as documented, never its value.
 */
export function readAnswer<T>(reader: WireReader<T>, body: unknown, call: KisReadCall): T {
  try {
    return reader(body, '');
  } catch (error) {
    if (!(error instanceof NotAsDocumented)) throw error;
    throw new KisBadResponseError(
      `The answer of ${call.title} is not what KIS documents: ${error.field || 'its body'} is missing or malformed. ` +
        'None of it was used. If this keeps happening, KIS has changed the call and this program needs an update.',
    );
  }
}
