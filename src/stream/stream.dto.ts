import { ApiProperty } from '../common/api-description';
import { Decimal } from '../common/decimal';
import type { KisOrderEvent, KisRealtimeGap, KisRealtimeStatus, KisTrade } from '../kis';

/** `data` of a `trade` event. */
export abstract class TradeDto implements KisTrade {
  @ApiProperty({ description: 'The stock, as domestic code or as NAS:AAPL.', example: '005930' })
  abstract readonly symbol: string;

  @ApiProperty({
    type: String,
    description: 'KRX, NXT, ALL (both together), or a foreign exchange.',
    example: 'KRX',
  })
  abstract readonly venue: KisTrade['venue'];

  @ApiProperty({ description: 'When it was traded.', example: '2026-11-23T04:30:00.000Z' })
  abstract readonly time: Date;

  @Decimal('Price of the trade (체결가).', '71900')
  abstract readonly price: string;

  @Decimal('Change since the previous close (전일 대비).', '-100')
  abstract readonly change: string;

  @Decimal('The same in per cent.', '-0.14')
  abstract readonly changeRate: string;

  @Decimal('Shares of this trade (체결량).', '12')
  abstract readonly quantity: string;

  @ApiProperty({
    enum: ['buy', 'sell'],
    nullable: true,
    description: 'Who took the price; null in auctions and abroad.',
    example: 'buy',
  })
  abstract readonly side: KisTrade['side'];

  @Decimal('Shares traded on this day so far (누적 거래량).', '3052507')
  abstract readonly volume: string;

  @Decimal('First price of the day.', '72100')
  abstract readonly open: string;

  @Decimal('Highest price of the day.', '72400')
  abstract readonly high: string;

  @Decimal('Lowest price of the day.', '71700')
  abstract readonly low: string;

  @Decimal('Best offer to sell after the trade.', '71900')
  abstract readonly ask: string;

  @Decimal('Best offer to buy after the trade.', '71800')
  abstract readonly bid: string;

  @ApiProperty({
    enum: ['pre', 'regular', 'after', 'close'],
    nullable: true,
    description: 'Part of the trading day; null where KIS does not say.',
    example: 'regular',
  })
  abstract readonly session: KisTrade['session'];
}

abstract class FillDto {
  @Decimal('Shares of the fill.', '10')
  abstract readonly quantity: string;

  @Decimal('Price of the fill.', '70000')
  abstract readonly price: string;
}

/** `data` of an `order` event. */
export abstract class OrderEventDto implements Omit<KisOrderEvent, 'order'> {
  @ApiProperty({ description: 'Alias of the account.', example: 'main' })
  abstract readonly account: string;

  @ApiProperty({
    enum: ['received', 'filled', 'modified', 'cancelled', 'rejected'],
    description: 'What has happened.',
    example: 'filled',
  })
  abstract readonly event: KisOrderEvent['event'];

  @ApiProperty({
    type: FillDto,
    nullable: true,
    description: 'What was filled just now; null for other events.',
  })
  abstract readonly fill: FillDto | null;

  @ApiProperty({
    type: Object,
    description: 'The order as it stands, as in GET /api/accounts/{alias}/orders.',
    example: { clientOrderId: 'rebalance-1128-3', orderNumber: '0001569139', status: 'filled' },
  })
  abstract readonly order: object;
}

/** `data` of a `status` event. */
export abstract class StreamStatusDto implements KisRealtimeStatus {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The channel; null for the session with KIS or the stream as a whole.',
    example: 'trades:005930',
  })
  abstract readonly channel: string | null;

  @ApiProperty({
    enum: ['connected', 'subscribed', 'refused', 'disconnected', 'unreadable'],
    description: 'Its state.',
    example: 'subscribed',
  })
  abstract readonly state: KisRealtimeStatus['state'];

  @ApiProperty({ description: 'For people.', example: 'OPSP0000 SUBSCRIBE SUCCESS' })
  abstract readonly detail: string;
}

/** `data` of a `gap` event: between these instants nothing was received. */
export abstract class GapDto implements KisRealtimeGap {
  @ApiProperty({ type: [String], description: 'The channels.', example: ['trades:005930'] })
  abstract readonly channels: readonly string[];

  @ApiProperty({ description: 'Beginning.', example: '2026-11-23T04:30:00.000Z' })
  abstract readonly from: Date;

  @ApiProperty({ description: 'End.', example: '2026-11-23T04:30:12.000Z' })
  abstract readonly to: Date;
}
