import { ApiProperty } from '../common/api-description';
import { Decimal, OptionalDecimal } from '../common/decimal';
import { CANDLE_INTERVALS, type KisCandleInterval } from '../kis';

export abstract class CandleDto {
  @ApiProperty({
    description:
      'The date that KIS gives for a day, week, month or year; for a minute the instant at which it begins.',
    example: '2026-11-20',
  })
  abstract readonly time: string;

  @Decimal('First price.', '128000')
  abstract readonly open: string;

  @Decimal('Highest price.', '130000')
  abstract readonly high: string;

  @Decimal('Lowest price.', '127500')
  abstract readonly low: string;

  @Decimal('Last price.', '128500')
  abstract readonly close: string;

  @Decimal('Shares traded.', '2669075')
  abstract readonly volume: string;

  @OptionalDecimal(
    'Money traded. Of a domestic minute: the difference of the running totals of KIS, null where the minute before is not known.',
    '344570137500',
  )
  abstract readonly value: string | null;
}

export abstract class CandlesDto {
  @ApiProperty({ description: 'The stock, as domestic code or as NAS:AAPL.', example: '000660' })
  abstract readonly symbol: string;

  @ApiProperty({ enum: CANDLE_INTERVALS, description: 'Length of a candle.', example: '1d' })
  abstract readonly interval: KisCandleInterval;

  @ApiProperty({
    description: 'Whether prices are adjusted for splits and the like; minutes never are.',
    example: true,
  })
  abstract readonly adjusted: boolean;

  @ApiProperty({ type: [CandleDto], description: 'Oldest first.' })
  abstract readonly candles: readonly CandleDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Null when the range is complete. Otherwise the time from which on KIS has data; anything earlier is missing.',
    example: null,
  })
  abstract readonly truncated: string | null;
}
