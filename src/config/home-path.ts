import { homedir } from 'node:os';
import { join } from 'node:path';

/** `path` with `~` at its beginning replaced; `null` when this user has no home directory (containers with a bare uid). */
export function expandHome(path: string): string | null {
  if (!/^~(?=$|[\\/])/.test(path)) return path;
  try {
    const home = homedir();
    return home === '' ? null : join(home, path.slice(1));
  } catch {
    return null;
  }
}
