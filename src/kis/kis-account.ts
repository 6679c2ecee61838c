import type { KisCredential } from './kis-credential';
import { maskAccountNumber } from './masking';
import { TRADING_MODES, type KisTradingMode } from './protocol/trading-mode';

/** One account at the brokerage, with the alias by which programs select it. */
export class KisAccount {
  constructor(
    readonly alias: string,
    readonly credential: KisCredential,
    /** CANO: the first eight digits. Not for logs: see {@link maskedNumber}. */
    readonly number: string,
    /** ACNT_PRDT_CD: the last two digits, 01 for an ordinary account. */
    readonly productCode: string,
    /** Its figures are invented by a simulator. */
    readonly simulated: boolean,
    /** The websocket host for this account: KIS's own, or a configured one. */
    readonly websocketUrl = new URL(TRADING_MODES[credential.mode].websocketOrigin),
    /** The HTS id under which notices about its orders are registered; empty: not known. Not for logs. */
    readonly htsId = '',
  ) {
    Object.defineProperty(this, 'number', { enumerable: false });
    Object.defineProperty(this, 'htsId', { enumerable: false });
  }

  get mode(): KisTradingMode {
    return this.credential.mode;
  }

  /** `5011****-01` */
  get maskedNumber(): string {
    return maskAccountNumber(this.number, this.productCode);
  }
}
