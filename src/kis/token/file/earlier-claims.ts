import { join } from 'node:path';
import type { FoundFile } from '../../files/careful-open';
import type { LocalDirectory } from '../../files/local-directory';
import type { EarlierNames, FileNames } from './file-names';

/** A claim as an earlier version has stored it. */
export interface EarlierClaim {
  readonly name: string;
  readonly file: FoundFile;
}

/** The claims of earlier versions, which kept them in files; programs that still run one may write them even now. */
export class EarlierClaims {
  /** Names of claim records whose earlier files are gone. */
  private readonly removed = new Set<string>();

  constructor(private readonly directory: LocalDirectory) {}

  async read({ earlier }: FileNames): Promise<EarlierClaim[]> {
    const names = [earlier.claim, await this.highestNumbered(earlier)];
    const found = await Promise.all(names.map((name) => this.readOne(name)));
    return found.filter((each) => each !== null);
  }

  /** They have been taken over: nobody is to obey them again. */
  async remove({ claim, earlier }: FileNames): Promise<void> {
    if (this.removed.has(claim)) return;
    this.removed.add(claim);
    await this.directory.remove(Object.values(earlier));
  }

  private async highestNumbered({ claims }: EarlierNames): Promise<string | null> {
    const found = await this.directory.list(claims).catch(() => []);
    const numbers = found.filter((name) => /^\d+$/.test(name)).map(Number);
    return numbers.length > 0 ? join(claims, Math.max(...numbers).toString()) : null;
  }

  /** What cannot be read, or belongs to another user, is not obeyed. */
  private async readOne(name: string | null): Promise<EarlierClaim | null> {
    const file = name === null ? null : await this.directory.readFile(name).catch(() => null);
    return name === null || file === null ? null : { name, file };
  }
}
