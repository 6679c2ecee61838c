import { ApiProperty } from '@nestjs/swagger';
import type { KisAccount, KisTradingMode } from '../kis';

/** What may be told of an account: never its whole number. */
export abstract class AccountDto {
  @ApiProperty({ description: 'The name by which this API knows the account.', example: 'main' })
  abstract readonly alias: string;

  @ApiProperty({
    enum: ['MOCK', 'REAL'],
    description: 'MOCK: paper trading (모의투자). REAL: real money (실전투자).',
    example: 'MOCK',
  })
  abstract readonly mode: KisTradingMode;

  @ApiProperty({
    description: 'Account number and product code; four digits are hidden.',
    example: '5011****-01',
  })
  abstract readonly accountNumber: string;

  @ApiProperty({
    description: 'The figures are invented by a simulator; no brokerage account stands behind them.',
  })
  abstract readonly simulated: boolean;

  static of(account: KisAccount): AccountDto {
    const { alias, mode, maskedNumber, simulated } = account;
    return { alias, mode, accountNumber: maskedNumber, simulated };
  }
}
