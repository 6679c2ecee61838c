import { ApiProperty } from '../common/api-description';
import { Decimal, OptionalDecimal, OptionalText } from '../common/decimal';
import { AccountDto } from './account.dto';

export abstract class OverseasSummaryDto {
  @OptionalDecimal('Purchase amount of the holdings (외화매입금액).', '4339167.78523')
  abstract readonly purchaseAmount: string | null;

  @OptionalDecimal(
    'Value of all holdings, despite the name: KIS calls it 총평가손익금액 (tot_evlu_pfls_amt), but the example in its ' +
      'documentation holds the valuation. For profit or loss see totalProfitLoss.',
    '791913.60000000',
  )
  abstract readonly valuationProfitLoss: string | null;

  @OptionalDecimal('Total profit or loss (해외총손익).', '-3547254.18524')
  abstract readonly totalProfitLoss: string | null;

  @OptionalDecimal('The same in percent (총수익률).', '-81.74964327')
  abstract readonly totalProfitLossRate: string | null;

  @OptionalDecimal('Realised profit or loss (해외실현손익금액).', '-4836.71476')
  abstract readonly realizedProfitLoss: string | null;

  @OptionalDecimal('The same in percent (실현수익율).', '-82.93101266')
  abstract readonly realizedProfitLossRate: string | null;
}

export abstract class OverseasHoldingDto {
  @ApiProperty({ description: 'Ticker.', example: 'TSLA' })
  abstract readonly symbol: string;

  @OptionalText('Name of the stock, in Korean.', '테슬라')
  abstract readonly name: string | null;

  @OptionalText('Exchange code of KIS.', 'NASD')
  abstract readonly exchange: string | null;

  @OptionalText('Currency of the amounts of this holding.', 'USD')
  abstract readonly currency: string | null;

  @Decimal('Shares held (해외잔고수량).', '744')
  abstract readonly quantity: string;

  @Decimal('Shares that can be sold now.', '744')
  abstract readonly orderableQuantity: string;

  @Decimal('Average purchase price of a share.', '5832.2148')
  abstract readonly averagePrice: string;

  @Decimal('Current price of a share.', '1064.400000')
  abstract readonly currentPrice: string;

  @Decimal('Purchase amount.', '4339167.78523')
  abstract readonly purchaseAmount: string;

  @Decimal('Current value.', '791913.60000000')
  abstract readonly valuation: string;

  @Decimal('Value minus purchase amount.', '-3547254.185235')
  abstract readonly profitLoss: string;

  @OptionalDecimal('The same in percent of the purchase amount.', '-81.75')
  abstract readonly profitLossRate: string | null;
}

export abstract class OverseasBalanceDto {
  @ApiProperty({ type: AccountDto, description: 'The account.' })
  abstract readonly account: AccountDto;

  @ApiProperty({ description: 'When KIS responded.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly asOf: Date;

  @ApiProperty({
    description: 'The requested exchange; NASD is all of the US in REAL mode.',
    example: 'NASD',
  })
  abstract readonly exchange: string;

  @ApiProperty({ description: 'The requested currency.', example: 'USD' })
  abstract readonly currency: string;

  @ApiProperty({ type: OverseasSummaryDto, description: 'The whole exchange, in its currency.' })
  abstract readonly summary: OverseasSummaryDto;

  @ApiProperty({
    type: [OverseasHoldingDto],
    description: 'All pages; empty when nothing is held there.',
  })
  abstract readonly holdings: readonly OverseasHoldingDto[];
}
