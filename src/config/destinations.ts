import { isKisHost, type RedisAddress } from '../kis';
import type { VariableOrigin } from './environment';
import { accountVariable } from './known-variables';
import { isLoopback } from './network';
import type { VariableReader } from './variable-reader';

/** Checks where keys are sent: no less trusted settings file may redirect them. */

/** The sources of variables: the environment, a settings file or a secret file. */
export interface ValueOrigins {
  readonly originOf: (name: string) => VariableOrigin;
  /** Whether the value comes from a file that another variable names. */
  readonly isFromSecretFile: (name: string) => boolean;
}

const KEYS = ['APP_KEY', 'APP_SECRET'] as const;
/** Keys and tokens are sent to the first, keys for realtime data to the second. */
const ADDRESSES = ['BASE_URL', 'WS_URL'] as const;

/** How trusted a source is; keys in files of their own rank like those in the environment. */
const RANKS: Readonly<Record<string, number>> = { '.env': 0, '.env.local': 1 };
const ENVIRONMENT_RANK = 2;

interface Place {
  readonly name: string;
  readonly rank: number;
  /** For messages. */
  readonly where: string;
}

/**
 * Refuses an address to which keys or tokens from a more trusted source would be sent. Commands are run in any
 * directory: a settings file that another user has put there must not redirect credentials from the environment or from
 * the owner's files. KIS's own hosts and a Redis on this machine may be named anywhere.
 */
export function checkDestinations(
  reader: VariableReader,
  profiles: readonly string[],
  origins: ValueOrigins,
  redis: RedisAddress | null,
): void {
  const secrets = secretsByAddress(reader, profiles, origins);
  for (const [base, keys] of secrets) checkBaseUrl(reader, placeOf(reader, base, origins), keys);
  if (redis === null || isLoopback(new URL(redis.url).hostname)) return;
  const address = placeOf(reader, 'REDIS_URL', origins);
  const above = address && strongest([...secrets.values()].flat(), address);
  if (address && above) reader.problem('REDIS_URL', refusal(address, above, 'tokens'));
}

/** The sources of keys, by the variable that says where these keys are sent. */
function secretsByAddress(
  reader: VariableReader,
  profiles: readonly string[],
  origins: ValueOrigins,
): Map<string, Place[]> {
  const found = new Map<string, Place[]>();
  const add = (base: string, ...places: readonly (Place | null)[]): void => {
    const known = places.filter((place) => place !== null);
    found.set(base, [...(found.get(base) ?? []), ...known]);
  };
  const file = placeOf(reader, 'KIS_CONFIG_FILE', origins);
  for (const address of ADDRESSES) {
    const plain = accountVariable(null, address);
    for (const profile of [null, ...profiles]) {
      const own = accountVariable(profile, address);
      const names = KEYS.map((key) => accountVariable(profile, key));
      add(reader.has(own) ? own : plain, ...names.map((name) => placeOf(reader, name, origins)));
    }
    add(plain, file && { ...file, rank: ENVIRONMENT_RANK, where: 'names a file with keys' });
  }
  return found;
}

function checkBaseUrl(reader: VariableReader, address: Place | null, secrets: readonly Place[]): void {
  const url = address && reader.text(address.name);
  if (!address || !url || secrets.length === 0 || !URL.canParse(url) || isKisHost(url)) return;
  const above = strongest(secrets, address);
  if (above) reader.problem(address.name, refusal(address, above, 'keys'));
  else warnOfForeignHost(reader, address.name, url);
}

/** Warns about an address that is not a host of KIS. */
export function warnOfForeignHost(reader: VariableReader, name: string, url: string): void {
  if (isKisHost(url)) return;
  reader.warn(name, `keys and tokens go to ${new URL(url).origin}, which is not a host of KIS.`);
}

function strongest(secrets: readonly Place[], address: Place): Place | null {
  return (
    secrets.filter(({ rank }) => rank > address.rank).sort((one, other) => other.rank - one.rank)[0] ?? null
  );
}

function refusal(address: Place, secret: Place, what: string): string {
  return (
    `${address.where}, but ${secret.name} ${secret.where}. A settings file of the current directory must not send ` +
    `${what} from elsewhere to an address of its own: its author could steal them. If you want that address, ` +
    `set ${address.name} in the same place as ${secret.name}, or in the environment; otherwise remove it.`
  );
}

function placeOf(reader: VariableReader, name: string, origins: ValueOrigins): Place | null {
  if (!reader.has(name)) return null;
  if (origins.isFromSecretFile(name))
    return { name, rank: ENVIRONMENT_RANK, where: 'is set in a file of its own' };
  const { file, line } = origins.originOf(name);
  if (file === undefined) return { name, rank: ENVIRONMENT_RANK, where: 'is set in the environment' };
  const where = `is set in line ${line ?? '?'} of ${file}`;
  return { name, rank: RANKS[file] ?? 0, where };
}
