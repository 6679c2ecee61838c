import { ApiProperty } from '../common/api-description';
import { OptionalDecimal, OptionalText } from '../common/decimal';

function OptionalFlag(description: string): PropertyDecorator {
  return ApiProperty({
    type: Boolean,
    nullable: true,
    description: `${description} Null when KIS leaves it out.`,
    example: false,
  });
}

export abstract class StockInfoDto {
  @ApiProperty({ description: 'When KIS responded.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly asOf: Date;

  @ApiProperty({ description: 'As the routes for market data take it.', example: '005930' })
  abstract readonly symbol: string;

  @OptionalText('Name (상품명).', '삼성전자보통주')
  abstract readonly name: string | null;

  @OptionalText('English name.', 'SamsungElectronics')
  abstract readonly englishName: string | null;

  @OptionalText('Standard code; of a domestic stock its ISIN (표준상품번호).', 'KR7005930003')
  abstract readonly standardCode: string | null;

  @OptionalText('STK KOSPI, KSQ KOSDAQ, KNX KONEX; abroad the exchange.', 'STK')
  abstract readonly market: string | null;

  @OptionalText('ST share, EF ETF, EN ETN and others (증권그룹ID코드).', 'ST')
  abstract readonly group: string | null;

  @OptionalDecimal('Shares listed (상장주수).', '5969782550')
  abstract readonly listedShares: string | null;

  @OptionalDecimal('Face value (액면가).', '100')
  abstract readonly faceValue: string | null;

  @OptionalDecimal('Close of the day before (전일종가).', '70000')
  abstract readonly previousClose: string | null;

  @OptionalFlag('Whether trading is halted (거래정지).')
  abstract readonly halted: boolean | null;

  @OptionalFlag('Whether it is under administration (관리종목).')
  abstract readonly administrative: boolean | null;

  @OptionalFlag('Whether Nextrade trades it.')
  abstract readonly nxt: boolean | null;

  @OptionalFlag('Whether its trading at Nextrade is halted.')
  abstract readonly nxtHalted: boolean | null;
}
