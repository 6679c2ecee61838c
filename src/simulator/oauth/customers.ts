import { type DemoAccount } from '../demo';
import { type KisHost } from '../message';

/** The owner of an app key. */
export interface Customer {
  readonly appKey: string;
  readonly appSecret: string;
  /** The host the key was made for: KIS hands out separate keys for 실전투자 and 모의투자. */
  readonly home: KisHost;
  /** First eight digits of the account; null until a call names one. */
  accountNumber: string | null;
  /** Name under which KIS sends order notices; null until a websocket names one. */
  htsId: string | null;
}

const KEY_LENGTH = 36;
const SECRET_LENGTH = 180;
/** More than any test uses; beyond that a client sends invented keys. */
const MOST_CUSTOMERS = 10_000;

/**
 * The registered app keys. The demo keys are registered from the start; any other well-formed pair is accepted when it
 * is first seen, and the secret, account and HTS id first seen with a key belong to it from then on.
 */
export class Customers {
  private readonly byKey = new Map<string, Customer>();

  constructor(private readonly demo: { readonly real: DemoAccount; readonly mock: DemoAccount }) {
    this.forgetStrangers();
  }

  find(appKey: string): Customer | undefined {
    return this.byKey.get(appKey);
  }

  get all(): readonly Customer[] {
    return [...this.byKey.values()];
  }

  get appKeys(): readonly string[] {
    return [...this.byKey.keys()];
  }

  /** The owner of the key, created at its first use; the secret is checked separately. */
  meet(appKey: string, appSecret: string, host: KisHost): Customer {
    const known = this.byKey.get(appKey);
    if (known) return known;
    const stranger: Customer = { appKey, appSecret, home: host, accountNumber: null, htsId: null };
    // A malformed secret must not be registered as the right one.
    if (!isSecretWellFormed(appSecret)) return stranger;
    this.byKey.set(appKey, stranger);
    if (this.byKey.size > MOST_CUSTOMERS) this.forgetStrangers();
    return stranger;
  }

  /** Everything but the demo keys is unknown again. */
  forgetStrangers(): void {
    this.byKey.clear();
    for (const home of ['real', 'mock'] as const) {
      const { appKey, appSecret, accountNumber, htsId } = this.demo[home];
      this.byKey.set(appKey, { appKey, appSecret, home, accountNumber, htsId });
    }
  }
}

/** KIS app keys have 36 characters (KIS portal, 접근토큰발급(P)). */
export function isKeyWellFormed(appKey: string): boolean {
  return appKey.length === KEY_LENGTH;
}

/** Whether this is the customer's secret, all 180 characters of it: a trailing newline is a wrong secret. */
export function isSecretOf(customer: Customer, appSecret: string): boolean {
  return isSecretWellFormed(appSecret) && customer.appSecret === appSecret;
}

/** Whether the account belongs to the customer; the first one named does. */
export function ownsAccount(customer: Customer, accountNumber: string): boolean {
  customer.accountNumber ??= accountNumber;
  return customer.accountNumber === accountNumber;
}

/** Whether the HTS id belongs to the customer; the first one named does. */
export function ownsHtsId(customer: Customer, htsId: string): boolean {
  customer.htsId ??= htsId;
  return customer.htsId === htsId;
}

function isSecretWellFormed(appSecret: string): boolean {
  return appSecret.length === SECRET_LENGTH;
}
