import { ApiProperty } from '../common/api-description';
import { OptionalText } from '../common/decimal';
import type { KisMarket } from '../kis';

const MARKETS = ['KRX', 'NXT', 'US'] as const satisfies readonly KisMarket[];

export abstract class SessionDto {
  @ApiProperty({ enum: MARKETS, description: 'Where.', example: 'KRX' })
  abstract readonly market: KisMarket;

  @ApiProperty({
    description:
      'KRX: previous-close, opening-auction, regular, closing-auction, close, after. NXT: pre, regular, single-price, after. US: daytime, pre, regular, after, extended.',
    example: 'regular',
  })
  abstract readonly name: string;

  @ApiProperty({ description: 'When it begins.', example: '2026-11-23T00:00:00.000Z' })
  abstract readonly from: Date;

  @ApiProperty({ description: 'When it expires.', example: '2026-11-23T06:20:00.000Z' })
  abstract readonly to: Date;
}

export abstract class MarketStateDto {
  @ApiProperty({
    enum: MARKETS,
    description: 'Korea Exchange, Nextrade, or the exchanges of the United States.',
    example: 'KRX',
  })
  abstract readonly market: KisMarket;

  @ApiProperty({
    type: [SessionDto],
    description: 'Sessions under way, by the clock and the calendar; two may overlap.',
  })
  abstract readonly now: readonly SessionDto[];

  @ApiProperty({ type: SessionDto, nullable: true, description: 'The next one to begin.' })
  abstract readonly next: SessionDto | null;
}

export abstract class HolidayDto {
  @ApiProperty({
    enum: ['KRX', 'US'],
    description: 'Which market is closed; NXT is closed with KRX.',
    example: 'KRX',
  })
  abstract readonly market: 'KRX' | 'US';

  @ApiProperty({ description: 'A weekday, at the exchange.', example: '2026-12-25' })
  abstract readonly date: string;

  @OptionalText('What it is called.', 'Christmas Day')
  abstract readonly name: string | null;
}

export abstract class MarketDto {
  @ApiProperty({ description: 'When this was true.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly asOf: Date;

  @ApiProperty({ type: [MarketStateDto], description: 'What each market is doing.' })
  abstract readonly markets: readonly MarketStateDto[];

  @ApiProperty({
    type: [HolidayDto],
    description: 'Weekdays of the next six weeks on which a market is closed.',
  })
  abstract readonly holidays: readonly HolidayDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Until when the holidays of KRX come from KIS, which provides them to REAL accounts only. Later ones, and all when this is null, are those with a fixed date; lunar and substitute holidays are then missing.',
    example: '2026-12-19',
  })
  abstract readonly knownUntil: string | null;
}
