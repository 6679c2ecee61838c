import type { Environment } from './environment';
import { readSettingsFile, SettingsFileError } from './settings-file';

/** The variables that name a file with a value; `KIS_<ALIAS>_APP_KEY_FILE` belongs to a profile. */
const SECRET_FILE = /^(API_KEY|KIS_TOKEN_ENCRYPTION_KEY|KIS_(?:\w+_)?APP_(?:KEY|SECRET))_FILE$/;

export interface SecretsFromFiles {
  /** The given variables, completed by those read from files. */
  readonly values: Environment;
  /** The variable from which a value was read: `name` itself, or the one that names the file. */
  readonly sourceOf: (name: string) => string;
  /** The variables whose file cannot be used; `problems` says why. */
  readonly unreadable: string[];
  readonly problems: string[];
  readonly warnings: string[];
}

/**
 * Fills in `X` for every `X_FILE` that names a file with a secret, as Docker and systemd provide them. Line breaks at
 * the end of the file are not part of the secret. To set both `X` and `X_FILE` is a problem, because one of the two
 * would silently be ignored.
 */
export function readSecretFiles(variables: Environment): SecretsFromFiles {
  const values: Record<string, string | undefined> = { ...variables };
  const unreadable: string[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [name, written] of Object.entries(variables)) {
    const secret = SECRET_FILE.exec(name)?.[1];
    const path = written?.trim() ?? '';
    if (secret === undefined || path === '') continue;
    if ((variables[secret] ?? '') !== '') {
      problems.push(`${name}: is set together with ${secret}; keep only one of them.`);
      continue;
    }
    try {
      const { value, exposure } = readSecret(path);
      values[secret] = value;
      if (exposure !== null) warnings.push(`${name}: the file it names ${exposure}`);
    } catch (error) {
      if (!(error instanceof SettingsFileError)) throw error;
      unreadable.push(secret);
      problems.push(`${name}: names a file that ${error.message}`);
    }
  }
  const sourceOf = (name: string): string => (values[name] === variables[name] ? name : `${name}_FILE`);
  return { values, sourceOf, unreadable, problems, warnings };
}

function readSecret(path: string): { value: string; exposure: string | null } {
  const file = readSettingsFile(path);
  if (file === null)
    throw new SettingsFileError('does not exist (ENOENT); correct the path or remove the variable.');
  const value = file.text.replace(/[\r\n]+$/, '');
  if (value === '') throw new SettingsFileError('is empty; write the secret into it.');
  return { value, exposure: file.exposure };
}
