import { ApiProperty } from '../common/api-description';
import { Decimal, OptionalDecimal } from '../common/decimal';
import { AccountDto } from './account.dto';

abstract class AssetFiguresDto {
  @Decimal('Purchase amount in won (매입금액).', '129105')
  abstract readonly purchaseAmount: string;

  @Decimal('Current value (평가금액).', '406000')
  abstract readonly valuation: string;

  @Decimal('Value minus purchase amount (평가손익금액).', '276895')
  abstract readonly profitLoss: string;

  @Decimal('Amount borrowed for it (신용대출금액).', '0')
  abstract readonly creditLoan: string;

  @Decimal('Value net of loans (실제순자산금액).', '406000')
  abstract readonly netAssets: string;

  @OptionalDecimal('Share of all assets, in percent (전체비중율).', '0.24')
  abstract readonly weight: string | null;
}

export abstract class AssetClassDto extends AssetFiguresDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The class in Korean; null when KIS sends an unknown number of classes.',
    example: '주식',
  })
  abstract readonly name: string | null;
}

export abstract class AssetTotalDto extends AssetFiguresDto {
  @Decimal('All assets, in won (총자산금액).', '185550504')
  abstract readonly totalAssets: string;

  @Decimal('All deposits, in won (총예수금액).', '249855300')
  abstract readonly deposit: string;
}

export abstract class AssetsDto {
  @ApiProperty({ type: AccountDto, description: 'The account.' })
  abstract readonly account: AccountDto;

  @ApiProperty({ description: 'When KIS responded.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly asOf: Date;

  @ApiProperty({ type: AssetTotalDto, description: 'All classes together.' })
  abstract readonly total: AssetTotalDto;

  @ApiProperty({ type: [AssetClassDto], description: "In KIS's order." })
  abstract readonly classes: readonly AssetClassDto[];
}
