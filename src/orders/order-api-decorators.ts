import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiParam, ApiQuery } from '../common/api-description';
import { OrderDto } from './order.dto';

/** Describes the parameters and responses that several order routes share, for the OpenAPI document. */

export const Alias = ApiParam({
  name: 'alias',
  description: 'Name of an account, see /api/accounts.',
  example: 'main',
});
export const Id = ApiParam({
  name: 'id',
  description: 'The clientOrderId, or the order number of today.',
  example: 'rebalance-1128-3',
});
export const Wait = ApiQuery({
  name: 'wait',
  required: false,
  description: 'Seconds to wait for an outcome that is not known from the response of KIS, up to 120.',
  example: '10',
});
export const IdempotencyKey = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description: 'The same as clientOrderId in the body.',
});
export const From = ApiQuery({
  name: 'from',
  required: false,
  description: 'First Korean day; default: today.',
  example: '2026-11-28',
});
export const To = ApiQuery({
  name: 'to',
  required: false,
  description: 'Last Korean day, inclusive; default: today.',
  example: '2026-11-28',
});
export const Symbol = ApiQuery({
  name: 'symbol',
  required: false,
  description: 'Only this stock.',
  example: '005930',
});
export const Accepted = ApiAcceptedResponse({
  type: OrderDto,
  description:
    'The outcome is unknown: KIS may have the order. Read it again; do not send it under another id.',
});
export const Repeated = ApiOkResponse({
  type: OrderDto,
  description: 'The same order was given before under this id; nothing was sent this time.',
});
