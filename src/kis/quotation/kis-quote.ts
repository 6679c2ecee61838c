/**
 * The price of a stock; strings as KIS sent them, in the currency of its exchange. Supplementary fields are `null`
 * where KIS leaves them out or the security has none, such as the price limits of an ELW or of a foreign stock.
 */
export interface KisQuote {
  readonly asOf: Date;
  readonly symbol: string;
  readonly price: string;
  /** 전일 대비: change since the previous close. */
  readonly change: string;
  /** 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down. */
  readonly changeSign: string | null;
  /** In percent. */
  readonly changeRate: string | null;
  /** `null` for foreign stocks, like `high` and `low`: the call for their price does not include it. */
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  /** 상한가 */
  readonly upperLimit: string | null;
  /** 하한가 */
  readonly lowerLimit: string | null;
  /** 기준가; for foreign stocks the previous close. */
  readonly basePrice: string;
  /** Shares traded today. */
  readonly volume: string;
  /** Money traded today. */
  readonly tradingValue: string | null;
  readonly per: string | null;
  readonly pbr: string | null;
  readonly eps: string | null;
  readonly bps: string | null;
  /** HTS 시가총액, in units of 100 million won (억). */
  readonly marketCap: string | null;
}
