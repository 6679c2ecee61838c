import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '../common/api-description';
import { ApiProblems, CALL_PROBLEMS } from '../common/api-problems';
import { CallerSignal } from '../common/caller-signal';
import { Guarded } from '../common/guarded';
import { SettlementDto } from './order-input.dto';
import { settlementBody, type SettlementBody } from './order-validation';
import { Alias, Id } from './order-api-decorators';
import { OrderDto } from './order.dto';
import { OrdersService } from './orders.service';

/** The manual settlement of an order whose outcome is unknown. */
@ApiTags('orders')
@Guarded()
@Controller('api/accounts/:alias/orders')
export class SettlementsController {
  constructor(private readonly orders: OrdersService) {}

  @Post(':id/settlement')
  @HttpCode(200)
  @Alias
  @Id
  @ApiOperation({
    summary: 'Settles an order of unknown outcome by hand',
    description:
      'For a person who has looked it up in HTS or MTS, where the lists of KIS cannot tell. Nothing is sent to KIS; the outcome is kept in the journal.',
  })
  @ApiBody({ type: SettlementDto })
  @ApiOkResponse({ type: OrderDto, description: 'The order with the outcome.' })
  @ApiProblems(
    ...CALL_PROBLEMS,
    'INVALID_REQUEST',
    'ORDER_NOT_FOUND',
    'ORDER_NOT_UNKNOWN',
    'ORDER_JOURNAL_FAILED',
  )
  settle(
    @Param('alias') alias: string,
    @Param('id') id: string,
    @Body(settlementBody) body: SettlementBody,
    @CallerSignal() signal: AbortSignal,
  ): Promise<OrderDto> {
    return this.orders.settle(alias, id, body, signal);
  }
}
