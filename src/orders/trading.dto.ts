import { ApiProperty } from '../common/api-description';
import type { KisAccountTrading, KisOrderCaps, KisOrderUsage, KisTrading } from '../kis';

export abstract class TradingSwitchDto {
  @ApiProperty({ description: 'Whether new orders and changes are sent.', example: false })
  abstract readonly enabled: boolean;
}

export abstract class OrderCapsDto implements KisOrderCaps {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Won for one order; null: no cap.',
    example: '1000000',
  })
  abstract readonly maxAmount: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Won for all orders of a Korean day; null: no cap.',
    example: '5000000',
  })
  abstract readonly dailyMaxAmount: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Orders within any 60 seconds; null: no cap.',
    example: 30,
  })
  abstract readonly maxPerMinute: number | null;
}

export abstract class OrderUsageDto implements KisOrderUsage {
  @ApiProperty({ description: 'Won of the orders of this Korean day.', example: '700000' })
  abstract readonly dailyAmount: string;

  @ApiProperty({ description: 'Orders within the last 60 seconds.', example: 1 })
  abstract readonly lastMinute: number;
}

export abstract class AccountTradingDto implements KisAccountTrading {
  @ApiProperty({ description: 'Name of the account.', example: 'main' })
  abstract readonly alias: string;

  @ApiProperty({ description: 'Whether it may place orders.', example: true })
  abstract readonly orders: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it may not, and what to change; null when it may.',
    example: null,
  })
  abstract readonly reason: string | null;

  @ApiProperty({ type: OrderCapsDto, description: 'Its caps.' })
  abstract readonly caps: OrderCapsDto;

  @ApiProperty({
    type: OrderUsageDto,
    description: 'The part that is used, by all orders except rejected and not placed ones.',
  })
  abstract readonly used: OrderUsageDto;
}

export abstract class TradingDto implements KisTrading {
  @ApiProperty({ description: 'False while the kill switch stops new orders and changes.', example: true })
  abstract readonly enabled: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the kill switch was last used; null: never.',
    example: '2026-11-28T04:30:00.000Z',
  })
  abstract readonly changedAt: Date | null;

  @ApiProperty({ type: [AccountTradingDto], description: 'Every account.' })
  abstract readonly accounts: readonly AccountTradingDto[];
}
