import { ApiProperty } from '../common/api-description';
import { Decimal, OptionalDecimal } from '../common/decimal';
import type { KisQuotedBook } from '../kis';

export abstract class BookLevelDto {
  @Decimal('Price of the level.', '128500')
  abstract readonly price: string;

  @Decimal('Shares at that price (잔량).', '1200')
  abstract readonly quantity: string;
}

export abstract class BookDto {
  @ApiProperty({ description: 'The stock, as domestic code or as NAS:AAPL.', example: '000660' })
  abstract readonly symbol: string;

  @ApiProperty({
    type: String,
    description: 'KRX, NXT, ALL (both together), or a foreign exchange.',
    example: 'KRX',
  })
  abstract readonly venue: KisQuotedBook['venue'];

  @ApiProperty({
    description:
      'When the exchange last accepted an order into it (호가접수시간). The date is inferred: KIS sends the time of day.',
    example: '2026-11-23T04:30:00.000Z',
  })
  abstract readonly time: Date;

  @ApiProperty({
    type: [BookLevelDto],
    description:
      'Offers to sell (매도호가), lowest price first: up to ten levels, those without orders left out.',
  })
  abstract readonly asks: readonly BookLevelDto[];

  @ApiProperty({
    type: [BookLevelDto],
    description:
      'Offers to buy (매수호가), highest price first: up to ten levels, those without orders left out.',
  })
  abstract readonly bids: readonly BookLevelDto[];

  @Decimal('Shares in all asks (총매도잔량).', '24000')
  abstract readonly totalAskQuantity: string;

  @Decimal('Shares in all bids (총매수잔량).', '31000')
  abstract readonly totalBidQuantity: string;

  @OptionalDecimal(
    'Price that the auction would give now (예상체결가). Null while there is no auction.',
    '128500',
  )
  abstract readonly expectedPrice: string | null;

  @OptionalDecimal('Shares that it would trade (예상거래량).', '8000')
  abstract readonly expectedQuantity: string | null;
}
