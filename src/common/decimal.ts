import { ApiProperty } from '@nestjs/swagger';

/** Documents an amount, a price, a rate or a quantity: the brokerage's decimal string, untouched. */
export function Decimal(description: string, example: string): PropertyDecorator {
  return ApiProperty({ type: String, description, example });
}
