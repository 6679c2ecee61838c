import { ApiProperty } from '../common/api-description';
import { Decimal, OptionalDecimal, OptionalText } from '../common/decimal';

export abstract class QuoteDto {
  @ApiProperty({ description: 'When KIS responded.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly asOf: Date;

  @ApiProperty({ description: 'The stock, as domestic code or as NAS:AAPL.', example: '000660' })
  abstract readonly symbol: string;

  @Decimal('Current price in the currency of the exchange (현재가).', '128500')
  abstract readonly price: string;

  @Decimal('Change since the previous close (전일대비); its direction is in changeSign.', '0')
  abstract readonly change: string;

  @OptionalText('Sign of the change: 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down.', '3')
  abstract readonly changeSign: string | null;

  @OptionalDecimal('Change in percent (전일대비율).', '0.00')
  abstract readonly changeRate: string | null;

  @OptionalDecimal('Opening price (시가).', '128500')
  abstract readonly open: string | null;

  @OptionalDecimal('Highest price of the day (고가).', '130000')
  abstract readonly high: string | null;

  @OptionalDecimal('Lowest price of the day (저가).', '128500')
  abstract readonly low: string | null;

  @OptionalDecimal('Highest price allowed today (상한가).', '167000')
  abstract readonly upperLimit: string | null;

  @OptionalDecimal('Lowest price allowed today (하한가).', '90000')
  abstract readonly lowerLimit: string | null;

  @Decimal('Base price of the day (기준가); of a foreign stock the previous close.', '128500')
  abstract readonly basePrice: string;

  @Decimal('Shares traded today (누적거래량).', '2669075')
  abstract readonly volume: string;

  @OptionalDecimal('Money traded today (누적거래대금).', '344570137500')
  abstract readonly tradingValue: string | null;

  @OptionalDecimal('Price to earnings.', '19.67')
  abstract readonly per: string | null;

  @OptionalDecimal('Price to book value.', '1.72')
  abstract readonly pbr: string | null;

  @OptionalDecimal('Earnings per share, in won.', '6532.00')
  abstract readonly eps: string | null;

  @OptionalDecimal('Book value per share, in won.', '74721.00')
  abstract readonly bps: string | null;

  @OptionalDecimal('Market capitalisation in units of 100 million won (HTS 시가총액, 억).', '935483')
  abstract readonly marketCap: string | null;
}
