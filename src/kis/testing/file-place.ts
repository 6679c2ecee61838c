import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KisConfiguration } from '../kis.options';
import type { ClaimRequest } from '../token/claim';
import { FileKisTokenStore } from '../token/file/file-kis-token.store';
import { namesFor, type FileNames } from '../token/file/file-names';
import { ManualKisClock } from './manual-clock';
import { sampleCredential } from './sample-tokens';

/** A clock for code that waits while nobody moves the clock: waiting moves it. */
export class WillingKisClock extends ManualKisClock {
  /** What happens elsewhere while somebody waits. */
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

/** A directory with token files, a file store over it, and a credential whose token is kept there. */
export class FilePlace {
  readonly clock = new WillingKisClock();
  readonly credential = sampleCredential();
  readonly names: FileNames = namesFor(this.credential);
  readonly store: FileKisTokenStore;

  constructor(readonly directory = mkdtempSync(join(tmpdir(), 'kis-tokens-'))) {
    this.store = this.another();
  }

  /** The same place as another process sees it. */
  another(turns?: 'by lock' | 'by links'): FileKisTokenStore {
    const { tokenPolicy } = new KisConfiguration({ accounts: [] });
    return new FileKisTokenStore(this.directory, tokenPolicy, this.clock, undefined, turns);
  }

  claimRequest(change: Partial<ClaimRequest> = {}): ClaimRequest {
    const at = this.clock.now();
    return { owner: 'owner', holdMs: 81_000, above: 0, at, replaces: false, ...change };
  }

  path(file: keyof FileNames): string {
    return join(this.directory, this.names[file]);
  }

  put(file: keyof FileNames, content: string | Buffer): void {
    writeFileSync(this.path(file), content, { mode: 0o600 });
  }

  bytes(file: keyof FileNames): Buffer {
    return readFileSync(this.path(file));
  }

  /** Names in the directory, without the lock. */
  files(): string[] {
    return readdirSync(this.directory)
      .filter((name) => !name.endsWith('.lock'))
      .sort();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
