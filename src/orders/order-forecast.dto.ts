import { ApiProperty } from '../common/api-description';
import { Decimal, OptionalText } from '../common/decimal';
import { OrderProblemDto } from '../common/problem.dto';
import type { KisOrderForecast } from '../kis';

export abstract class BuyableQuantityDto {
  @Decimal('Shares that can be bought with this type and price, without credit.', '146')
  abstract readonly quantity: string;
}

export abstract class OrderForecastDto implements KisOrderForecast {
  @ApiProperty({ description: 'Whether the checks have found no problem.', example: true })
  abstract readonly ok: boolean;

  @ApiProperty({ type: [OrderProblemDto], description: 'Every reason for which it would be refused.' })
  abstract readonly problems: readonly OrderProblemDto[];

  @ApiProperty({
    type: [String],
    description: 'Points that KIS decides, such as whether its market is open.',
    example: [],
  })
  abstract readonly warnings: readonly string[];

  @ApiProperty({
    type: BuyableQuantityDto,
    nullable: true,
    description: 'For purchases; null for sales and while the order itself is not valid.',
  })
  abstract readonly buyingPower: BuyableQuantityDto | null;

  @OptionalText('Shares that can be sold, for sales.', '5')
  abstract readonly sellableQuantity: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Won, as it counts towards the caps; null while the order itself is not valid.',
    example: '700000',
  })
  abstract readonly estimatedAmount: string | null;
}
