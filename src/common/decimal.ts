import { ApiProperty } from './api-description';

/** Documents an amount, price, rate or quantity: the decimal string that KIS sent, unchanged. */
export function Decimal(description: string, example: string): PropertyDecorator {
  return ApiProperty({ type: String, description, example });
}

/** Like {@link Decimal}, for supplementary values: `null` where KIS leaves them out. */
export function OptionalDecimal(description: string, example: string): PropertyDecorator {
  return Optional(description, example);
}

/** A supplementary text such as a name: `null` where KIS leaves it out. */
export function OptionalText(description: string, example: string): PropertyDecorator {
  return Optional(description, example);
}

function Optional(description: string, example: string): PropertyDecorator {
  return ApiProperty({
    type: String,
    nullable: true,
    description: `${description} Null when KIS leaves it out.`,
    example,
  });
}
