import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '../common/api-description';
import type { FastifyReply } from 'fastify';
import { ApiProblems, CALL_PROBLEMS } from '../common/api-problems';
import { ORDER_PROBLEMS } from '../common/order-problem-examples';
import { CallerSignal } from '../common/caller-signal';
import { Guarded } from '../common/guarded';
import type { KisPlacedOrder } from '../kis';
import { OrderForecastDto } from './order-forecast.dto';
import { NewOrderDto, OrderChangeDto } from './order-input.dto';
import { ExecutionDto, OrderDto } from './order.dto';
import {
  cancellationQuery,
  changeBody,
  executionsQuery,
  idOf,
  listQuery,
  orderBody,
  waitQuery,
  type CancellationQuery,
  type ChangeBody,
  type ExecutionsQuery,
  type ListQuery,
  type OrderBody,
  type WaitQuery,
} from './order-validation';
import {
  Accepted,
  Alias,
  From,
  Id,
  IdempotencyKey,
  Repeated,
  Symbol,
  To,
  Wait,
} from './order-api-decorators';
import { OrdersService } from './orders.service';

/** Orders and executions of an account. */
@ApiTags('orders')
@Guarded()
@Controller('api/accounts/:alias')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post('orders')
  @Alias
  @Wait
  @IdempotencyKey
  @ApiOperation({
    summary: 'Places an order',
    description:
      'It is sent to KIS at most once for a clientOrderId and a Korean day, however often it is given and after whatever crash.',
  })
  @ApiBody({ type: NewOrderDto })
  @ApiCreatedResponse({ type: OrderDto, description: 'KIS has the order.' })
  @Repeated
  @Accepted
  @ApiProblems(...CALL_PROBLEMS, ...ORDER_PROBLEMS, 'ORDER_CAP_EXCEEDED', 'NOT_AVAILABLE_IN_MOCK')
  async place(
    @Param('alias') alias: string,
    @Body(orderBody) body: OrderBody,
    @Headers('idempotency-key') header: string | undefined,
    @Query(waitQuery) query: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    const id = idOf(body.clientOrderId, header);
    return answered(await this.orders.place(alias, body, id, query), reply, 201);
  }

  @Post('orders/check')
  @HttpCode(200)
  @Alias
  @ApiOperation({
    summary: 'Checks an order and sends none',
    description:
      'Lists every reason for which the order would be refused, and what the clock says. The same body as for an order.',
  })
  @ApiBody({ type: NewOrderDto })
  @ApiOkResponse({ type: OrderForecastDto })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST', 'SYMBOL_NOT_FOUND', 'ORDER_JOURNAL_FAILED')
  check(@Param('alias') alias: string, @Body(orderBody) body: OrderBody): Promise<OrderForecastDto> {
    return this.orders.check(alias, body);
  }

  @Get('orders')
  @Alias
  @ApiQuery({
    name: 'status',
    required: false,
    enum: ['open', 'closed', 'unknown', 'all'],
    description:
      'Default: all. `unknown`: all without an outcome, of any day unless `from` or `to` is given, cancellations included.',
  })
  @From
  @To
  @Symbol
  @ApiOperation({
    summary: 'Orders of a range of days, all pages',
    description: 'Those of this API and those that were placed elsewhere, oldest first.',
  })
  @ApiOkResponse({ type: [OrderDto] })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST', 'ORDER_JOURNAL_FAILED')
  list(
    @Param('alias') alias: string,
    @Query(listQuery) query: ListQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<OrderDto[]> {
    return this.orders.list(alias, query, signal);
  }

  @Get('orders/:id')
  @Alias
  @Id
  @ApiOperation({ summary: 'One order' })
  @ApiOkResponse({ type: OrderDto })
  @ApiProblems(...CALL_PROBLEMS, 'ORDER_NOT_FOUND', 'ORDER_JOURNAL_FAILED')
  one(
    @Param('alias') alias: string,
    @Param('id') id: string,
    @CallerSignal() signal: AbortSignal,
  ): Promise<OrderDto> {
    return this.orders.one(alias, id, signal);
  }

  @Patch('orders/:id')
  @HttpCode(201)
  @Alias
  @Id
  @Wait
  @IdempotencyKey
  @ApiOperation({
    summary: 'Modifies the open part of an order',
    description: 'KIS replaces the order by another one with a number of its own.',
  })
  @ApiBody({ type: OrderChangeDto })
  @ApiCreatedResponse({ type: OrderDto, description: 'KIS has the order that replaces the old one.' })
  @Repeated
  @Accepted
  @ApiProblems(
    ...CALL_PROBLEMS,
    ...ORDER_PROBLEMS,
    'ORDER_CAP_EXCEEDED',
    'NOT_AVAILABLE_IN_MOCK',
    'ORDER_NOT_FOUND',
    'ORDER_NOT_OPEN',
  )
  async change(
    @Param('alias') alias: string,
    @Param('id') id: string,
    @Body(changeBody) body: ChangeBody,
    @Headers('idempotency-key') header: string | undefined,
    @Query(waitQuery) query: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    const clientOrderId = idOf(body.clientOrderId, header);
    return answered(await this.orders.change(alias, id, body, clientOrderId, query), reply, 201);
  }

  @Delete('orders/:id')
  @Alias
  @Id
  @Wait
  @ApiQuery({
    name: 'quantity',
    required: false,
    description: 'Shares to cancel; default: all that are open.',
    example: '5',
  })
  @ApiOperation({
    summary: 'Cancels the open part of an order',
    description: 'Possible while the kill switch is on, and for an account that may not place orders.',
  })
  @ApiOkResponse({ type: OrderDto })
  @Accepted
  @ApiProblems(
    ...CALL_PROBLEMS,
    'INVALID_REQUEST',
    'ORDER_NOT_FOUND',
    'ORDER_NOT_OPEN',
    'ORDER_REJECTED',
    'ORDER_EQUAL_UNSETTLED',
    'ORDER_JOURNAL_FAILED',
  )
  async cancel(
    @Param('alias') alias: string,
    @Param('id') id: string,
    @Query(cancellationQuery) query: CancellationQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    return answered(await this.orders.cancel(alias, id, query), reply, 200);
  }

  @Get('executions')
  @Alias
  @From
  @To
  @Symbol
  @ApiOperation({
    summary: 'Executions, one entry for each order',
    description: "KIS's lists have totals of an order, not its single fills.",
  })
  @ApiOkResponse({ type: [ExecutionDto] })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST', 'ORDER_JOURNAL_FAILED')
  executions(
    @Param('alias') alias: string,
    @Query(executionsQuery) query: ExecutionsQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<ExecutionDto[]> {
    return this.orders.executions(alias, query, signal);
  }
}

/** 202 while the outcome is unknown, 200 for a repetition under the same id. */
function answered(
  { order, isRepeat, isUnknown }: KisPlacedOrder,
  reply: FastifyReply,
  done: 200 | 201,
): OrderDto {
  reply.status(isUnknown ? 202 : isRepeat ? 200 : done);
  return order;
}
