import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeDirectory } from './remove-directory';
import { cleanUpAfterTests } from './cleanup';
import { PROJECT } from './project';

/** A temporary home and working directory for a process under test. */

export type FileContent =
  string | Uint8Array | { readonly content: string | Uint8Array; readonly mode: number };

export interface HomeOptions {
  /** Files by path: `~/…` in the home directory, anything else in the working directory. */
  readonly files?: Readonly<Record<string, FileContent>>;
  /** Puts the `.env` of this project, as it is shipped, into the working directory. */
  readonly shippedEnv?: boolean;
}

/** An empty home directory and an empty working directory for programs that a test starts. Removed after the file. */
export class Home {
  private readonly root = mkdtempSync(join(tmpdir(), 'kis-product-'));
  /** The value of `HOME`. */
  readonly path = join(this.root, 'home');
  /** Where programs are started. */
  readonly cwd = join(this.root, 'work');

  constructor({ files = {}, shippedEnv = false }: HomeOptions = {}) {
    cleanUpAfterTests(() => {
      this.remove();
    });
    mkdirSync(this.path);
    mkdirSync(this.cwd);
    if (shippedEnv) copyFileSync(join(PROJECT, '.env'), join(this.cwd, '.env'));
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  /** The absolute form of `~/…` or of a path in the working directory. */
  locate(path: string): string {
    return path.startsWith('~/') ? join(this.path, path.slice(2)) : join(this.cwd, path);
  }

  write(path: string, file: FileContent): void {
    const target = this.locate(path);
    const { content, mode } =
      typeof file === 'object' && 'content' in file ? file : { content: file, mode: undefined };
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    if (mode !== undefined) chmodSync(target, mode);
  }

  read(path: string): string {
    return readFileSync(this.locate(path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(this.locate(path));
  }

  /** Names in a folder; none when there is no such folder. */
  list(path: string): string[] {
    return this.has(path) ? readdirSync(this.locate(path)).sort() : [];
  }

  /** Permission bits in octal, such as `600`. */
  mode(path: string): string {
    return (statSync(this.locate(path)).mode & 0o7777).toString(8);
  }

  remove(): void {
    removeDirectory(this.root);
  }
}
