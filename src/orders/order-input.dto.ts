import { ApiProperty, ApiPropertyOptional } from '../common/api-description';
import {
  ORDER_SESSIONS,
  ORDER_SIDES,
  ORDER_TYPES,
  ORDER_VENUES,
  TIMES_IN_FORCE,
  type KisOrderSession,
  type KisOrderSide,
  type KisOrderType,
  type KisOrderVenue,
  type KisTimeInForce,
} from '../kis';

export abstract class NewOrderDto {
  @ApiPropertyOptional({
    description:
      'Names the order for the account and Korean day: 1 to 64 characters of A-Z a-z 0-9 . _ : -, not digits only. The same order under the same id is sent once. Without one, every call is a new order.',
    example: 'rebalance-1128-3',
  })
  abstract readonly clientOrderId?: string;

  @ApiProperty({ description: 'Domestic code, or a US stock such as NAS:AAPL.', example: '005930' })
  abstract readonly symbol: string;

  @ApiProperty({ enum: ORDER_SIDES, description: 'Whether to buy or to sell.', example: 'buy' })
  abstract readonly side: KisOrderSide;

  @ApiProperty({
    enum: ORDER_TYPES,
    description: 'The type; loo, loc, moo and moc are for US stocks.',
    example: 'limit',
  })
  abstract readonly type: KisOrderType;

  @ApiProperty({ description: 'Shares.', example: '10' })
  abstract readonly quantity: string;

  @ApiPropertyOptional({
    description: 'Won, or dollars for US stocks, for types with a price.',
    example: '70000',
  })
  abstract readonly price?: string;

  @ApiPropertyOptional({ description: 'For the type stop-limit.', example: '71000' })
  abstract readonly triggerPrice?: string;

  @ApiPropertyOptional({
    enum: TIMES_IN_FORCE,
    description: 'Default: day. gtp: until the end of the NXT pre-market.',
    example: 'day',
  })
  abstract readonly timeInForce?: KisTimeInForce;

  @ApiPropertyOptional({
    enum: ORDER_VENUES,
    description: 'Default: KRX. US stocks have none. MOCK accounts: KRX only.',
    example: 'KRX',
  })
  abstract readonly venue?: KisOrderVenue;

  @ApiPropertyOptional({ enum: ORDER_SESSIONS, description: 'Default: regular.', example: 'regular' })
  abstract readonly session?: KisOrderSession;
}

export abstract class OrderChangeDto {
  @ApiPropertyOptional({
    description: 'Names the order that replaces the old one.',
    example: 'rebalance-1128-3-b',
  })
  abstract readonly clientOrderId?: string;

  @ApiPropertyOptional({ description: 'The new price.', example: '69900' })
  abstract readonly price?: string;

  @ApiPropertyOptional({
    description: 'Shares to be open afterwards; at most those that are open.',
    example: '5',
  })
  abstract readonly quantity?: string;

  @ApiPropertyOptional({ enum: ORDER_TYPES, description: 'The new type.', example: 'limit' })
  abstract readonly type?: KisOrderType;
}

export abstract class SettlementDto {
  @ApiProperty({
    enum: ['placed', 'not-placed'],
    description: 'Whether KIS has the order.',
    example: 'placed',
  })
  abstract readonly outcome: 'placed' | 'not-placed';

  @ApiPropertyOptional({
    description: 'For placed: the number of the order at KIS (ODNO); leading zeros may be left out.',
    example: '0001569139',
  })
  abstract readonly orderNumber?: string;
}
