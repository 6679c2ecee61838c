import { isKisHost, type RedisAddress } from '../kis';
import type { VariableOrigin } from './environment';
import { accountVariable } from './known-variables';
import { isLoopback } from './network';
import type { VariableReader } from './variable-reader';

/** Where values were written. */
export interface ValueOrigins {
  readonly originOf: (name: string) => VariableOrigin;
  /** Whether the value stands in a file that another variable names. */
  readonly isFromSecretFile: (name: string) => boolean;
}

const KEYS = ['APP_KEY', 'APP_SECRET'] as const;

/** Of two places the one that counts more; keys in files of their own count as if they stood in the environment. */
const RANKS: Readonly<Record<string, number>> = { '.env': 0, '.env.local': 1 };
const ENVIRONMENT_RANK = 2;

interface Place {
  readonly name: string;
  readonly rank: number;
  /** For a message. */
  readonly where: string;
}

/**
 * Refuses an address that would get keys or tokens from a place that counts more than its own. Commands are run in any
 * directory: a settings file that somebody put there must not take away what the owner keeps in the environment or in
 * files of his own. KIS's own hosts may be named anywhere, and a Redis on this machine, too.
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

/** By the variable that says where keys are sent: the places of these keys. */
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
  const plain = accountVariable(null, 'BASE_URL');
  for (const profile of [null, ...profiles]) {
    const own = accountVariable(profile, 'BASE_URL');
    const names = KEYS.map((key) => accountVariable(profile, key));
    add(reader.has(own) ? own : plain, ...names.map((name) => placeOf(reader, name, origins)));
  }
  const file = placeOf(reader, 'KIS_CONFIG_FILE', origins);
  add(plain, file && { ...file, rank: ENVIRONMENT_RANK, where: 'names a file with keys' });
  return found;
}

function checkBaseUrl(reader: VariableReader, address: Place | null, secrets: readonly Place[]): void {
  const url = address && reader.text(address.name);
  if (!address || !url || secrets.length === 0 || !URL.canParse(url) || isKisHost(url)) return;
  const above = strongest(secrets, address);
  if (above) reader.problem(address.name, refusal(address, above, 'keys'));
  else warnOfStranger(reader, address.name, url);
}

/** Warns of an address that is not KIS's own. */
export function warnOfStranger(reader: VariableReader, name: string, url: string): void {
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
    `${what} from elsewhere to an address of its own: whoever wrote it could take them. If you want that address, ` +
    `set ${address.name} in the same place as ${secret.name}, or in the environment; otherwise remove it.`
  );
}

function placeOf(reader: VariableReader, name: string, origins: ValueOrigins): Place | null {
  if (!reader.has(name)) return null;
  if (origins.isFromSecretFile(name))
    return { name, rank: ENVIRONMENT_RANK, where: 'stands in a file of its own' };
  const { file, line } = origins.originOf(name);
  if (file === undefined) return { name, rank: ENVIRONMENT_RANK, where: 'stands in the environment' };
  const where = `stands in line ${line ?? '?'} of ${file}`;
  return { name, rank: RANKS[file] ?? 0, where };
}
