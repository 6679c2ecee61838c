import { ApiProperty } from '../common/api-description';

export abstract class SymbolDto {
  @ApiProperty({ description: 'As the routes for market data take it.', example: '005930' })
  abstract readonly symbol: string;

  @ApiProperty({ description: 'Name, Korean where there is one.', example: '삼성전자' })
  abstract readonly name: string;

  @ApiProperty({ description: 'KOSPI, KOSDAQ, KONEX, or the exchange abroad.', example: 'KOSPI' })
  abstract readonly market: string;

  @ApiProperty({
    description: 'stock, etf, etn, elw, reit, fund, dr, warrant, right, index or other.',
    example: 'stock',
  })
  abstract readonly type: string;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: "Whether Nextrade trades it; null where that is not known, as in KIS's symbol files.",
    example: null,
  })
  abstract readonly nxt: boolean | null;
}
