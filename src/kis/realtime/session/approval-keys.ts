import { ApprovalEndpoint } from '../../auth/approval-endpoint';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { KisConfiguration } from '../../kis.options';
import { SingleFlight } from '../../token/single-flight';
import type { RealtimeStore } from '../claim/realtime-store';

/**
 * The approval keys with which sessions are opened: one per credential, shared with the other processes through the store,
 * encrypted as tokens are, and requested again only when it is about to expire or was refused. Safe for any number of
 * concurrent callers, who share one request.
 */
export class ApprovalKeys {
  private readonly endpoint: ApprovalEndpoint;
  private readonly flights = new Map<string, SingleFlight<string>>();
  /** By credential: the last failure, and until when it is returned without another request; monotonic milliseconds. */
  private readonly failures = new Map<string, { readonly error: unknown; readonly until: number }>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly store: RealtimeStore,
    private readonly clock: KisClock,
  ) {
    this.endpoint = new ApprovalEndpoint(configuration, clock);
  }

  /**
   * A valid key for a new session.
   * @param refused a key that KIS has refused; it is replaced.
   * @throws as {@link ApprovalEndpoint.request} does; the same failure again for ten seconds.
   */
  get(credential: KisCredential, refused: string | null = null): Promise<string> {
    const flight = this.flights.get(credential.id) ?? new SingleFlight<string>();
    this.flights.set(credential.id, flight);
    return flight.run(() => this.find(credential, refused));
  }

  private async find(credential: KisCredential, refused: string | null): Promise<string> {
    const stored = await this.read(credential);
    if (stored !== null && stored.key !== refused && this.isGood(stored)) {
      credential.redactor.knowToken(`approval of ${credential.id}`, stored.key);
      return stored.key;
    }
    const failure = this.failures.get(credential.id);
    if (failure && this.clock.monotonic() < failure.until) throw failure.error;
    try {
      const key = await this.endpoint.request(credential);
      this.failures.delete(credential.id);
      await this.write(credential, { key, requestedAt: this.clock.now() });
      return key;
    } catch (error) {
      this.failures.set(credential.id, { error, until: this.clock.monotonic() + PAUSE_MS });
      throw error;
    }
  }

  private isGood({ requestedAt }: StoredKey): boolean {
    const age = this.clock.now() - requestedAt;
    return age > -SPARE_MS && age < LIFE_MS - SPARE_MS;
  }

  /** A store that fails only costs another request for a key, so it is not reported. */
  private async read(credential: KisCredential): Promise<StoredKey | null> {
    const text = await this.store
      .update(credential, 'approval', (found) => ({ answer: found, next: null }))
      .catch(() => null);
    if (text === null) return null;
    const opened = this.configuration.tokenCipher.decrypt(text, credential);
    return 'text' in opened ? storedKey(opened.text) : null;
  }

  private async write(credential: KisCredential, key: StoredKey): Promise<void> {
    const text = this.configuration.tokenCipher.encrypt(JSON.stringify(key), credential);
    await this.store
      .update(credential, 'approval', () => ({ answer: undefined, next: text }))
      .catch(() => undefined);
  }
}

/** A key is valid for 24 hours (KIS portal); one that is about to expire is not used for a new session. */
const LIFE_MS = 86_400_000;
const SPARE_MS = 600_000;
/** Pause after a failed request for a key. */
const PAUSE_MS = 10_000;

interface StoredKey {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
}

function storedKey(text: string): StoredKey | null {
  try {
    const { key, requestedAt } = JSON.parse(text) as Partial<StoredKey>;
    return typeof key === 'string' && typeof requestedAt === 'number' ? { key, requestedAt } : null;
  } catch {
    return null;
  }
}
