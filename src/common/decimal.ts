import { ApiProperty } from '@nestjs/swagger';

/** Documents an amount, a price, a rate or a quantity: the brokerage's decimal string, untouched. */
export function Decimal(description: string, example: string): PropertyDecorator {
  return ApiProperty({ type: String, description, example });
}

/** As {@link Decimal}, for what only describes: `null` where the brokerage leaves it out. */
export function OptionalDecimal(description: string, example: string): PropertyDecorator {
  return Optional(description, example);
}

/** A text that only describes, such as a name: `null` where the brokerage leaves it out. */
export function OptionalText(description: string, example: string): PropertyDecorator {
  return Optional(description, example);
}

function Optional(description: string, example: string): PropertyDecorator {
  return ApiProperty({
    type: String,
    nullable: true,
    description: `${description} Null when the brokerage leaves it out.`,
    example,
  });
}
