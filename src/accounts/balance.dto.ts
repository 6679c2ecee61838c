import { ApiProperty } from '../common/api-description';
import { Decimal, OptionalDecimal, OptionalText } from '../common/decimal';
import { AccountDto } from './account.dto';

export abstract class BalanceSummaryDto {
  @Decimal('Deposit today, in won (예수금).', '1000000')
  abstract readonly deposit: string;

  @Decimal('Deposit after the settlements of the next trading day (D+1).', '1000000')
  abstract readonly depositD1: string;

  @Decimal('Deposit after the settlements of the second trading day (D+2).', '1000000')
  abstract readonly depositD2: string;

  @Decimal('Purchase amount of the holdings (매입금액합계).', '700000')
  abstract readonly purchaseAmount: string;

  @Decimal('Current value of the securities (유가평가금액).', '710000')
  abstract readonly stockValuation: string;

  @Decimal('Unrealised profit or loss (평가손익합계).', '10000')
  abstract readonly profitLoss: string;

  @Decimal('Value of the securities plus D+2 deposit (총평가금액).', '1710000')
  abstract readonly totalValuation: string;

  @Decimal('Net assets (순자산).', '1710000')
  abstract readonly netAssets: string;

  @OptionalDecimal('Total assets at the end of the previous trading day (전일총자산평가).', '1700000')
  abstract readonly previousTotalValuation: string | null;

  @OptionalDecimal('Change of the total assets since then (자산증감액).', '10000')
  abstract readonly assetChange: string | null;
}

export abstract class HoldingDto {
  @ApiProperty({ description: 'Code of the stock (종목번호).', example: '005930' })
  abstract readonly symbol: string;

  @OptionalText('Name of the stock.', '삼성전자')
  abstract readonly name: string | null;

  @OptionalText('How it was bought: 현금 (cash), 융자 (margin) or similar.', '현금')
  abstract readonly tradeType: string | null;

  @Decimal('Shares held (보유수량).', '10')
  abstract readonly quantity: string;

  @Decimal('Shares that can be sold now (주문가능수량).', '10')
  abstract readonly orderableQuantity: string;

  @Decimal('Average purchase price of a share.', '70000.0000')
  abstract readonly averagePrice: string;

  @Decimal('Current price of a share.', '71000')
  abstract readonly currentPrice: string;

  @Decimal('Purchase amount (매입금액).', '700000')
  abstract readonly purchaseAmount: string;

  @Decimal('Current value (평가금액).', '710000')
  abstract readonly valuation: string;

  @Decimal('Value minus purchase amount (평가손익금액).', '10000')
  abstract readonly profitLoss: string;

  @OptionalDecimal('The same in percent of the purchase amount (평가손익율).', '1.43')
  abstract readonly profitLossRate: string | null;

  @OptionalDecimal('Change of the price since the previous close, in percent (등락율).', '0.42553191')
  abstract readonly changeRate: string | null;
}

export abstract class BalanceDto {
  @ApiProperty({ type: AccountDto, description: 'The account.' })
  abstract readonly account: AccountDto;

  @ApiProperty({ description: 'When KIS responded.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly asOf: Date;

  @ApiProperty({ type: BalanceSummaryDto, description: 'The whole account, in won.' })
  abstract readonly summary: BalanceSummaryDto;

  @ApiProperty({
    type: [HoldingDto],
    description: 'All pages; empty for an account without stocks.',
  })
  abstract readonly holdings: readonly HoldingDto[];
}
