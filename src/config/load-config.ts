import { domainToASCII } from 'node:url';
import { Redactor } from '../kis';
import { AppConfig, LOG_FORMATS, LOG_LEVELS, SHORTEST_GOOD_API_KEY, type LogOptions } from './app-config';
import { ConfigError } from './config.error';
import { readEnvironment, type Environment, type ReadEnvironment, type VariableOrigin } from './environment';
import { checkCertificates } from './certificates';
import { checkDestinations } from './destinations';
import { readGateway } from './gateway-variables';
import { expandHome } from './home-path';
import { unknownVariables } from './known-variables';
import { isHost, isLoopback } from './network';
import { readProxies } from './proxy-variables';
import { readAccounts, readProfiles } from './read-accounts';
import { readSecretFiles } from './secret-files';
import { readSimulator } from './simulator-variables';
import { readTokenOptions } from './token-variables';
import { VariableReader } from './variable-reader';

/** The configuration of the service when it is started in `directory`: see {@link readEnvironment}. */
export function readConfig(directory = process.cwd(), real: Environment = process.env): AppConfig {
  return configFrom(readEnvironment(directory, real), directory);
}

/**
 * Like {@link readConfig}, for a command, which may be run in any directory: where there are no settings files it writes
 * no log file, unless LOG_FILE names one.
 */
export function readCommandConfig(directory = process.cwd(), real: Environment = process.env): AppConfig {
  const { values, ...others } = readEnvironment(directory, real);
  const silent = others.files.length === 0 ? { LOG_FILE: '' } : {};
  return configFrom({ values: { ...silent, ...values }, ...others }, directory);
}

function configFrom({ values, originOf, files, warnings }: ReadEnvironment, directory: string): AppConfig {
  try {
    const config = loadConfig(values, originOf);
    return config.with({ warnings: [...warnings, ...config.warnings], settingsFiles: files });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const hint =
      `There is no .env or .env.local in the current directory (${directory}). Change to the directory of your ` +
      'settings, or set the variables in the environment.';
    const all = [...warnings, ...error.warnings];
    throw new ConfigError(error.problems, all, files.length > 0 ? undefined : hint);
  }
}

/**
 * Checks all variables and fills in defaults. The result depends only on `variables` and the files that they name.
 *
 * @param originOf where a variable was written, for the messages
 * @throws ConfigError with all problems at once.
 */
export function loadConfig(
  variables: Environment,
  originOf: (name: string) => VariableOrigin = () => ({}),
): AppConfig {
  const secrets = readSecretFiles(variables);
  const { values, sourceOf, unreadable } = secrets;
  const placeOf = (name: string): string =>
    sourceOf(name) === name ? '' : ` in the file that ${sourceOf(name)} names`;
  const reader = new VariableReader(values, placeOf, unreadable);
  reader.adopt(secrets);
  const listen = readListenOptions(reader);
  const { simulator, ownAccounts } = readSimulator(reader, (name) => originOf(sourceOf(name)));
  const profiles = readProfiles(reader);
  const accounts = ownAccounts ? readAccounts(reader, profiles) : [];
  // The embedded simulator is part of this process, so requests to it leave it neither through a proxy nor over TLS.
  const leavesProcess = ownAccounts || simulator === null;
  const proxy = leavesProcess ? readProxies(reader) : null;
  const kis = { ...readTokenOptions(reader), accounts, ...(proxy && { proxy }) };
  if (leavesProcess) {
    const isFromSecretFile = (name: string): boolean => sourceOf(name) !== name;
    const redis = kis.tokenStore === 'redis' ? (kis.redis ?? null) : null;
    checkDestinations(reader, profiles, { originOf, isFromSecretFile }, redis);
    checkCertificates(reader, kis, originOf);
  }
  const gateway = readGateway(reader);
  const log = readLogOptions(reader);
  const warnings = [...reader.warnings, ...unknownVariables(ownVariables(variables, originOf), profiles)];
  if (reader.problems.length > 0) throw new ConfigError([...new Set(reader.problems)], warnings);
  return new AppConfig({ ...listen, simulator, kis, gateway, profiles, log, warnings }, redactorFor(reader));
}

/** A redactor for the one secret that the configuration does not hold as text. */
function redactorFor(reader: VariableReader): Redactor {
  const encryptionKey = reader.text('KIS_TOKEN_ENCRYPTION_KEY') ?? '';
  return new Redactor({ secrets: [encryptionKey], appKeys: [], accountNumbers: [] });
}

/** Variables meant for this program: all in a settings file, and those in the environment that begin with `KIS_`. */
function ownVariables(variables: Environment, originOf: (name: string) => VariableOrigin): string[] {
  return Object.keys(variables).filter(
    (name) => name.startsWith('KIS_') || originOf(name).file !== undefined,
  );
}

function readListenOptions(
  reader: VariableReader,
): Pick<AppConfig, 'host' | 'port' | 'apiKey' | 'allowedHosts'> {
  const host = reader.text('HOST') ?? '127.0.0.1';
  const port = reader.number('PORT', { min: 0, max: 65_535 }) ?? 3000;
  const apiKey = reader.secret('API_KEY');
  const allowedHosts = readAllowedHosts(reader);
  if (!isHost(host)) reader.problem('HOST', 'must be an IP address or a host name.');
  const isExposed = !isLoopback(host) && !reader.isFaulty('HOST');
  if (isExposed && !reader.has('API_KEY') && !reader.isFaulty('API_KEY')) {
    reader.problem(
      'API_KEY',
      'must be set while HOST can be reached from other machines; or set HOST=127.0.0.1.',
    );
  }
  if (apiKey !== null && apiKey.length < SHORTEST_GOOD_API_KEY) {
    const advice = `${SHORTEST_GOOD_API_KEY} random characters or more are hard to guess: openssl rand -hex 16`;
    if (isExposed)
      reader.problem('API_KEY', `is too short while HOST can be reached from other machines; ${advice}.`);
    else reader.warn('API_KEY', `is short; ${advice}.`);
  }
  return { host, port, apiKey, allowedHosts };
}

/** Host names in ASCII, as browsers send them. */
function readAllowedHosts(reader: VariableReader): string[] {
  const names = (reader.text('ALLOWED_HOSTS') ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const hosts = names.map((name) =>
    /[/:@?#]/.test(name) ? name.replace(/^\[|\]$/g, '') : domainToASCII(name),
  );
  if (!hosts.every(isHost)) {
    reader.problem(
      'ALLOWED_HOSTS',
      'must be host names, separated by commas, without scheme, port and path.',
    );
  }
  return hosts;
}

function readLogOptions(reader: VariableReader): LogOptions {
  const file = expandHome(reader.textOrEmpty('LOG_FILE') ?? 'logs/app.log');
  if (file === null) {
    reader.problem('LOG_FILE', 'begins with ~, but this user has no home directory; write the whole path.');
  }
  return {
    level: reader.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    format: reader.choice('LOG_FORMAT', LOG_FORMATS, 'text'),
    file: file === '' ? null : file,
  };
}
