import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { expandHome } from './home-path';
import { decodeSettings, SettingsTextError } from './settings-text';

/** Reads settings files and secrets, and reports what other users could do with them. */

/** Settings and secrets are short; a longer file was named by mistake. */
const LARGEST_BYTES = 64 * 1024;

/** Without it, opening a FIFO would wait for a writer; Windows has neither. */
const { O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** Where Docker and systemd mount the secrets of a service, with permissions that its user cannot choose. */
const MOUNTED_SECRETS = /^\/run\/(secrets|credentials)\//;

/** A settings file cannot be used. The message says why and what to do, and is to follow the name of the file. */
export class SettingsFileError extends Error {}

export interface SettingsFile {
  readonly text: string;
  /** What other users of this machine can do with the file, and the remedy; `null`: nothing. */
  readonly exposure: string | null;
  /** Whether other users can change the file, and not only read it. */
  readonly isChangeable: boolean;
}

type Exposure = Pick<SettingsFile, 'exposure' | 'isChangeable'>;
const PRIVATE: Exposure = { exposure: null, isChangeable: false };

/**
 * Reads a file of settings or a secret; `~` in `path` is the home directory.
 *
 * @returns `null` when there is no such file.
 * @throws SettingsFileError when it cannot be opened, is a link to nothing, is not a regular file, is too large or is not text.
 */
export function readSettingsFile(path: string): SettingsFile | null {
  const file = expandHome(path);
  if (file === null) {
    throw new SettingsFileError('begins with ~, but this user has no home directory; write the whole path.');
  }
  try {
    const descriptor = openSync(file, constants.O_RDONLY | O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) throw new SettingsFileError('is not a regular file; name a file.');
      if (stats.size > LARGEST_BYTES) throw new SettingsFileError('is larger than 64 kB; name another file.');
      return { text: decodeSettings(readFileSync(descriptor)), ...exposureOf(file, stats) };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof SettingsFileError) throw error;
    if (error instanceof SettingsTextError) throw new SettingsFileError(error.message);
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isLink(file)) return null;
    if (code === 'ENOENT')
      throw new SettingsFileError('is a link to a file that does not exist; restore it or remove the link.');
    throw new SettingsFileError(`cannot be read (${code}); check its owner and permissions.`);
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** On Windows permissions are access control lists, which Node does not show. */
function exposureOf(path: string, { uid, mode }: Stats): Exposure {
  if (process.geteuid === undefined || MOUNTED_SECRETS.test(path)) return PRIVATE;
  if (uid !== 0 && uid !== process.geteuid()) {
    const exposure = `belongs to another user of this machine (uid ${uid}), who can change it: make it your own (chown).`;
    return { exposure, isChangeable: true };
  }
  if ((mode & 0o077) === 0) return PRIVATE;
  const isChangeable = (mode & 0o022) !== 0;
  const exposure = `can be ${isChangeable ? 'changed' : 'read'} by other users of this machine (mode ${(mode & 0o777).toString(8)}): chmod 600.`;
  return { exposure, isChangeable };
}
