/**
 * The price of a stock; strings as KIS sent them, in the currency of its exchange. Supplementary fields are `null`
 * where KIS leaves them out or the security has none, such as the price limits of an ELW or of a foreign stock.
 */
export interface KisQuote {
  /** When the answer arrived. */
  readonly asOf: Date;
  /** As in the request, normalized: `005930` or `NAS:AAPL`. */
  readonly symbol: string;
  /** 현재가 */
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
  /** Price to earnings; `null` for foreign stocks, like the next three. */
  readonly per: string | null;
  /** Price to book value. */
  readonly pbr: string | null;
  /** Earnings per share, in won. */
  readonly eps: string | null;
  /** Book value per share, in won. */
  readonly bps: string | null;
  /** HTS 시가총액, in units of 100 million won (억). */
  readonly marketCap: string | null;
}
