import { Body, Controller, Get, Put, type PipeTransform } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '../common/api-description';
import { ApiProblems } from '../common/api-problems';
import { Guarded } from '../common/guarded';
import { KisInvalidRequestError, KisTradingService } from '../kis';
import { TradingDto, TradingSwitchDto } from './trading.dto';

const switchBody: PipeTransform<unknown, TradingSwitchDto> = {
  transform(body) {
    const { enabled, ...others } = (body ?? {}) as Record<string, unknown>;
    if (typeof enabled === 'boolean' && Object.keys(others).length === 0) return { enabled };
    throw new KisInvalidRequestError('The body must be {"enabled": true} or {"enabled": false}.');
  },
};

/** The kill switch, and the caps of all accounts. */
@ApiTags('orders')
@Guarded()
@Controller('api/trading')
export class TradingController {
  constructor(private readonly trading: KisTradingService) {}

  @Get()
  @ApiOperation({ summary: 'The kill switch, and caps of the accounts with their use' })
  @ApiOkResponse({ type: TradingDto })
  @ApiProblems('ORDER_JOURNAL_FAILED')
  status(): Promise<TradingDto> {
    return this.trading.status();
  }

  @Put()
  @ApiOperation({
    summary: 'Stops or resumes all new orders and changes',
    description:
      'Holds at once for all accounts and all processes of the store, and over restarts. Cancelling stays possible.',
  })
  @ApiBody({ type: TradingSwitchDto })
  @ApiOkResponse({ type: TradingDto })
  @ApiProblems('INVALID_REQUEST', 'ORDER_JOURNAL_FAILED')
  change(@Body(switchBody) { enabled }: TradingSwitchDto): Promise<TradingDto> {
    return this.trading.setEnabled(enabled);
  }
}
