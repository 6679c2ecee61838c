import { KisConfiguration, KisTokenService, KisTokenStore, type KisCredential } from '../../kis';
import type { CommandContext } from '../cli-command';
import { fault, note, ok, type Finding } from './finding';

/** The findings of `kis doctor` about the token store and the stored tokens. */

const NONE_STORED = 'none stored yet; the server requests one when it starts, "kis token get" when it is run';

/** Why a stored token is not used, by what the store found instead. */
const UNUSABLE = {
  damaged: 'what is stored is damaged and not used; the next token replaces it',
  foreign:
    'what is stored belongs to another key, mode or host and is not used; choose another KIS_TOKEN_DIR',
  undecryptable:
    'what is stored is encrypted with a key that is not known here; set the right KIS_TOKEN_ENCRYPTION_KEY',
} as const;

/** Whether tokens can be stored, and what is stored now, read from the store and not from a cache. */
export async function storedTokens(context: CommandContext): Promise<Finding[]> {
  const { accounts } = context.app.get(KisConfiguration, { strict: false });
  const checks = accounts.map(({ alias, credential }) => storedToken(context, alias, credential));
  return [await store(context), ...(await Promise.all(checks))];
}

async function store({ app }: CommandContext): Promise<Finding> {
  const check = 'token store';
  const { tokenStore, tokenDir, redis } = app.get(KisConfiguration, { strict: false });
  const places = { file: tokenDir, redis: `Redis at ${redis?.place ?? ''}`, memory: 'memory' };
  try {
    await app.get(KisTokenStore, { strict: false }).probe();
    return ok(check, `${typeof tokenStore === 'string' ? places[tokenStore] : 'the store'} can be written`);
  } catch (error) {
    return fault(check, messageOf(error));
  }
}

async function storedToken(
  { app }: CommandContext,
  alias: string,
  credential: KisCredential,
): Promise<Finding> {
  const check = `token of ${alias}`;
  try {
    const { absence } = await app.get(KisTokenStore, { strict: false }).read(credential);
    if (absence === 'undecryptable') return fault(check, UNUSABLE.undecryptable);
    if (absence === 'damaged' || absence === 'foreign') return note(check, UNUSABLE[absence]);
  } catch (error) {
    return fault(check, messageOf(error));
  }
  const { status, remainingSeconds, lastError } = await app.get(KisTokenService).getTokenInfo(alias);
  const left = remainingSeconds === null ? '' : `, ${remainingSeconds} s left`;
  const words = status === 'absent' ? NONE_STORED : `${status}${left}`;
  if (!lastError) return ok(check, words);
  return note(check, `${words}; last error: ${lastError.message}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
