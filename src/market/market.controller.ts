import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '../common/api-description';
import { ApiProblems } from '../common/api-problems';
import { Guarded } from '../common/guarded';
import { KisMarketClock } from '../kis';
import { MarketDto } from './market.dto';

/** Trading sessions and holidays. */
@ApiTags('market')
@Guarded()
@Controller('api/market')
export class MarketController {
  constructor(private readonly clock: KisMarketClock) {}

  @Get()
  @ApiOperation({
    summary:
      'Sessions of KRX, NXT and the US now and next, and holidays of the coming weeks (국내휴장일조회)',
  })
  @ApiOkResponse({ type: MarketDto })
  @ApiProblems()
  overview(): Promise<MarketDto> {
    return this.clock.overview();
  }
}
