import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryThread } from '../../../src/kis/files/directory-thread';
import { spareFor } from '../../../src/kis/files/open-records';
import { KisConfiguration } from '../../../src/kis/kis.options';
import type { ClaimRequest } from '../../../src/kis/token/claim-rules';
import { FileKisTokenStore } from '../../../src/kis/token/file/file-kis-token.store';
import { tokenFileNames, type TokenFileNames } from '../../../src/kis/token/file/file-tokens';
import type { TokenCipher } from '../../../src/kis/token/token-cipher';
import { ManualKisClock } from '../../../src/kis/testing/manual-clock';
import { removeDirectory } from '../remove-directory';
import { sampleCredential } from '../../../src/kis/testing/sample-tokens';

/** A clock that a sleep advances, for code that waits while no test moves the clock. */
export class AutoAdvancingKisClock extends ManualKisClock {
  /** Events that happen elsewhere while a caller waits. */
  meanwhile: () => void = () => undefined;
  private sleptMs = 0;

  override now(): number {
    return super.now() + this.sleptMs;
  }

  override monotonic(): number {
    return super.monotonic() + this.sleptMs;
  }

  override sleep(delayMs: number): Promise<void> {
    this.meanwhile();
    this.sleptMs += delayMs;
    return Promise.resolve();
  }
}

type FileKind = keyof TokenFileNames;

/** A directory with token files, a file store over it, and a credential whose token is kept there. */
export class FileStoreFixture {
  /** One for all stores of a spec file: starting a thread takes longer than most tests. */
  static readonly thread = new DirectoryThread();

  readonly clock = new AutoAdvancingKisClock();
  readonly credential = sampleCredential();
  readonly names: TokenFileNames = tokenFileNames(this.credential);
  readonly store: FileKisTokenStore;
  private readonly stores: FileKisTokenStore[] = [];

  constructor(readonly directory = mkdtempSync(join(tmpdir(), 'kis-tokens-'))) {
    this.store = this.another();
  }

  /** The same directory as another process sees it. */
  another(cipher?: TokenCipher): FileKisTokenStore {
    const { tokenPolicy } = new KisConfiguration({ accounts: [] });
    const store = new FileKisTokenStore(
      this.directory,
      tokenPolicy,
      this.clock,
      cipher,
      FileStoreFixture.thread,
    );
    this.stores.push(store);
    return store;
  }

  claimRequest(change: Partial<ClaimRequest> = {}): ClaimRequest {
    const at = this.clock.now();
    return { owner: 'owner', holdMs: 81_000, above: 0, at, replaces: false, ...change };
  }

  /** The database with the claims. */
  get claims(): string {
    return join(this.directory, '.token_state.db');
  }

  path(file: FileKind): string {
    return join(this.directory, this.names[file]);
  }

  put(file: FileKind, content: string | Buffer): void {
    writeFileSync(this.path(file), content, { mode: 0o600 });
  }

  bytes(file: FileKind): Buffer {
    return readFileSync(this.path(file));
  }

  /** Names in the directory, without the databases. */
  files(): string[] {
    return readdirSync(this.directory)
      .filter((name) => !/\.db(-journal)?$/.test(name))
      .sort();
  }

  remove(): void {
    for (const store of this.stores) store.onApplicationShutdown();
    const { path, id } = spareFor(this.directory);
    const spare = existsSync(path) ? readdirSync(path).filter((name) => name.startsWith(id)) : [];
    for (const name of spare) rmSync(join(path, name));
    removeDirectory(this.directory);
  }
}
