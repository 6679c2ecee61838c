import { ApiProperty } from '../common/api-description';
import type { KisAccount, KisTradingMode } from '../kis';

/** The public data of an account, without its full number. */
export abstract class AccountDto {
  @ApiProperty({ description: 'The name of the account in this API.', example: 'main' })
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
    description: 'Whether the figures are invented by a simulator; no brokerage account is involved then.',
  })
  abstract readonly simulated: boolean;

  static of(account: KisAccount): AccountDto {
    const { alias, mode, maskedNumber, simulated } = account;
    return { alias, mode, accountNumber: maskedNumber, simulated };
  }
}
