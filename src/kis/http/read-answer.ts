import type { z } from 'zod';
import { KisBadResponseError } from '../kis.errors';
import type { KisReadCall } from '../protocol/kis-calls';

/**
 * Reads an answer by its schema.
 *
 * @throws KisBadResponseError naming the first field that is not as documented, never its value.
 */
export function readAnswer<T>(schema: z.ZodType<T>, body: unknown, call: KisReadCall): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path ?? [];
  const field = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  throw new KisBadResponseError(
    `The answer of ${call.title} is not as KIS documents it: ${field.replace(/^\./, '') || 'its body'} is missing or no text. ` +
      'Nothing of it was used; if it lasts, the call has changed and this library must follow.',
  );
}
