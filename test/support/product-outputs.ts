import type { DemoAccount } from '../../src/simulator';

/** Finds secrets and control characters in everything that a product has printed or written. */

/** Characters that control a terminal, except the end of a line. */
const CONTROLS = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** All that the product has printed or sent, and the secrets that it knew. */
export class ProductOutputs {
  readonly texts: string[] = [];
  private readonly parts = new Set<string>();
  private readonly accounts: RegExp[] = [];

  constructor(accounts: readonly DemoAccount[]) {
    for (const { appKey, appSecret, accountNumber } of accounts) {
      this.addSecret(appSecret);
      this.addSecret(appKey);
      this.accounts.push(new RegExp(Array.from(accountNumber).join('[ .-]?')));
    }
  }

  addSecret(secret: string): void {
    for (let at = 0; at + 11 <= secret.length; at += 1) this.parts.add(secret.slice(at, at + 11));
  }

  /** Texts with eleven characters of a secret in a row, or an account number. */
  get leaks(): string[] {
    const leaking = (text: string): boolean =>
      [...this.parts].some((part) => text.includes(part)) ||
      this.accounts.some((number) => number.test(text));
    return this.texts.filter(leaking).map(around(leaking));
  }

  get controls(): string[] {
    return this.texts.filter((text) => CONTROLS.test(text)).map((text) => JSON.stringify(text.slice(0, 500)));
  }
}

/** The first line with the violation. */
function around(isBad: (text: string) => boolean): (text: string) => string {
  return (text) => text.split('\n').find(isBad) ?? text;
}
