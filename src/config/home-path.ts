import { homedir } from 'node:os';

/** `path` with `~` at its beginning replaced; `null` when this user has no home directory (containers with a bare uid). */
export function expandHome(path: string): string | null {
  if (!/^~(?=$|[\\/])/.test(path)) return path;
  try {
    return homedir() + path.slice(1);
  } catch {
    return null;
  }
}
