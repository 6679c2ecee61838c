import { ApiProperty } from '../common/api-description';
import { Decimal } from '../common/decimal';
import { AccountDto } from './account.dto';

export abstract class OrderableDto {
  @Decimal('Won that can be spent.', '9998580')
  abstract readonly amount: string;

  @Decimal('Shares that can be bought with it; 0 when no symbol was given.', '146')
  abstract readonly quantity: string;
}

export abstract class BuyingPowerDto {
  @ApiProperty({ type: AccountDto, description: 'The account.' })
  abstract readonly account: AccountDto;

  @ApiProperty({ description: 'When KIS responded.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly asOf: Date;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The requested stock.',
    example: '005930',
  })
  abstract readonly symbol: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The requested price.',
    example: '70000',
  })
  abstract readonly price: string | null;

  @Decimal('Orderable cash, in won (주문가능현금).', '9950000')
  abstract readonly cash: string;

  @ApiProperty({ type: OrderableDto, description: 'Without borrowing (미수 없는 매수).' })
  abstract readonly withoutCredit: OrderableDto;

  @ApiProperty({
    type: OrderableDto,
    description: 'With the maximum margin of the stock (최대매수).',
  })
  abstract readonly maximum: OrderableDto;

  @Decimal('The price per share with which the quantities were calculated.', '68100')
  abstract readonly calculationPrice: string;
}
