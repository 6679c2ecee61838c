import { ApiProperty } from '../common/api-description';
import { Decimal } from '../common/decimal';
import { KisAnswerDto } from '../common/problem.dto';
import {
  ORDER_SESSIONS,
  ORDER_SIDES,
  ORDER_TYPES,
  ORDER_VENUES,
  TIMES_IN_FORCE,
  type KisExecution,
  type KisOrder,
  type KisOrderSession,
  type KisOrderSide,
  type KisOrderStatus,
  type KisOrderType,
  type KisOrderVenue,
  type KisTimeInForce,
} from '../kis';

const STATUSES: readonly KisOrderStatus[] = [
  'sending',
  'accepted',
  'partially-filled',
  'filled',
  'cancelled',
  'replaced',
  'rejected',
  'not-placed',
  'unknown',
];

/** A nullable string; `description` says when it is null. */
function Nullable(description: string, example: string | null): PropertyDecorator {
  return ApiProperty({ type: String, nullable: true, description, example });
}

/** What orders and executions have in common. */
const ClientOrderId = Nullable('Null for an order that was placed elsewhere.', 'rebalance-1128-3');
const Stock = ApiProperty({ description: 'The stock.', example: '005930' });
const Side = ApiProperty({ enum: ORDER_SIDES, description: 'Whether it buys or sells.', example: 'buy' });
const Venue = ApiProperty({
  enum: ORDER_VENUES,
  nullable: true,
  description: 'The venue; null for US stocks.',
  example: 'KRX',
});

export abstract class OrderDto implements KisOrder {
  @ClientOrderId
  abstract readonly clientOrderId: string | null;

  @Nullable('Order number of KIS (ODNO); null until it is known.', '0001569139')
  abstract readonly orderNumber: string | null;

  @ApiProperty({
    enum: STATUSES,
    description:
      'accepted: KIS has it. rejected: KIS refused it. not-placed: it never reached the book. unknown: KIS may have it; never send it again under another id.',
    example: 'accepted',
  })
  abstract readonly status: KisOrderStatus;

  @ApiProperty({
    enum: ['api', 'external'],
    description: 'external: placed elsewhere (HTS, MTS, another program).',
    example: 'api',
  })
  abstract readonly source: 'api' | 'external';

  @Stock
  abstract readonly symbol: string;

  @Side
  abstract readonly side: KisOrderSide;

  @ApiProperty({
    enum: ORDER_TYPES,
    nullable: true,
    description: "The type; null where KIS's list lacks it.",
    example: 'limit',
  })
  abstract readonly type: KisOrderType | null;

  @ApiProperty({
    enum: TIMES_IN_FORCE,
    nullable: true,
    description: "How long it stays in force; null where KIS's list lacks it.",
    example: 'day',
  })
  abstract readonly timeInForce: KisTimeInForce | null;

  @Venue
  abstract readonly venue: KisOrderVenue | null;

  @ApiProperty({
    enum: ORDER_SESSIONS,
    nullable: true,
    description: "The session; null where KIS's list lacks it.",
    example: 'regular',
  })
  abstract readonly session: KisOrderSession | null;

  @Decimal('Shares.', '10')
  abstract readonly quantity: string;

  @Nullable('Null for a type without a price.', '70000')
  abstract readonly price: string | null;

  @Nullable('Null unless the type is stop-limit.', null)
  abstract readonly triggerPrice: string | null;

  @Decimal('Shares that are filled.', '0')
  abstract readonly filledQuantity: string;

  @Decimal('Shares that can still be filled.', '10')
  abstract readonly openQuantity: string;

  @Nullable('Null until something is filled.', null)
  abstract readonly averageFillPrice: string | null;

  @ApiProperty({ description: 'When it was placed.', example: '2026-11-28T04:30:00.000Z' })
  abstract readonly createdAt: Date;

  @ApiProperty({ description: 'When its record was last changed.', example: '2026-11-28T04:30:00.100Z' })
  abstract readonly updatedAt: Date;

  @Nullable('clientOrderId of the order that it replaces.', null)
  abstract readonly replaces: string | null;

  @Nullable('clientOrderId of the order that replaces it.', null)
  abstract readonly replacedBy: string | null;

  @ApiProperty({
    type: KisAnswerDto,
    nullable: true,
    description: 'Response of KIS; null where there was none.',
  })
  abstract readonly kis: KisAnswerDto | null;
}

export abstract class ExecutionDto implements KisExecution {
  @ApiProperty({ description: 'Order number of KIS (ODNO).', example: '0001569139' })
  abstract readonly orderNumber: string;

  @ClientOrderId
  abstract readonly clientOrderId: string | null;

  @Stock
  abstract readonly symbol: string;

  @Side
  abstract readonly side: KisOrderSide;

  @Decimal('Shares that were filled.', '10')
  abstract readonly quantity: string;

  @Nullable('The average of the fills.', '70000')
  abstract readonly price: string | null;

  @Nullable('Quantity times price.', '700000')
  abstract readonly amount: string | null;

  @Venue
  abstract readonly venue: KisOrderVenue | null;

  @ApiProperty({
    description: "When the order was placed; KIS's lists have no times of fills.",
    example: '2026-11-28T04:30:00.000Z',
  })
  abstract readonly time: Date;
}
