import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { KisTokenStoreError } from '../kis.errors';

/** The path of a directory, for the file system and for messages. */
export class DirectoryPath {
  readonly path: string;

  /**
   * @param configured a leading `~` is the home directory.
   * @param setting the name of the option for the directory, for messages.
   * @throws KisTokenStoreError for a `~` where the user has no home directory.
   */
  constructor(
    configured: string,
    readonly setting: string,
  ) {
    const belowHome = /^~(?=$|[\\/])/.test(configured);
    const home = belowHome ? homeDirectory() : null;
    if (belowHome && home === null) {
      throw new KisTokenStoreError(
        `The directory ${configured} cannot be found: this user has no home directory. ` +
          `Set ${setting} to an absolute path, or the variable HOME.`,
      );
    }
    this.path = resolve(home === null ? configured : home + configured.slice(1));
  }

  /** A path in it, in short form: `~/KIS/tokens/…`. */
  shown(name = ''): string {
    const path = join(this.path, name);
    const home = homeDirectory();
    return home !== null && path.startsWith(join(home, '/')) ? join('~', relative(home, path)) : path;
  }
}

/** `null` for a user without one, as in a container that runs under a bare user id. */
function homeDirectory(): string | null {
  try {
    return homedir() || null;
  } catch {
    return null;
  }
}
