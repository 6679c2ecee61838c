import {
  KisConfiguration,
  KisOrderBook,
  KisOrderService,
  KisManualSettlement,
  ORDER_SESSIONS,
  ORDER_SIDES,
  ORDER_TYPES,
  ORDER_VENUES,
  TIMES_IN_FORCE,
  type KisAccount,
  type KisOrder,
  type KisOrderRequest,
} from '../kis';
import { cancellationQuery, listQuery, orderBody, type OrderBody } from '../orders/order-validation';
import { chosen, withArguments } from './choice';
import { UsageError, type CommandContext } from './cli-command';
import { grouped, listing, table } from './output';

const STATUSES = ['open', 'closed', 'unknown', 'all'] as const;

export async function orders({ app, alias, io, json, options }: CommandContext): Promise<void> {
  const status = chosen('--status', STATUSES, options['status']);
  const query = await withArguments(() => listQuery.transform({ ...options, ...(status && { status }) }));
  const account = accountOf(app, alias);
  const found = await app.get(KisOrderBook, { strict: false }).list(account, query);
  const rows = found.map((order) => [
    order.clientOrderId ?? '–',
    order.orderNumber ?? '–',
    order.side,
    order.symbol,
    grouped(order.quantity),
    order.price === null ? (order.type ?? '–') : grouped(order.price),
    grouped(order.filledQuantity),
    order.status,
  ]);
  const head = ['id', 'number', '', 'symbol', 'quantity', 'price', 'filled', 'status'];
  io.answer(json, found, found.length === 0 ? 'There are no orders.\n' : table(head, rows));
}

export async function orderPlace(context: CommandContext): Promise<void> {
  const { app, alias, io, json, options } = context;
  const account = accountOf(app, alias);
  const { clientOrderId, ...request } = await requestOf(context);
  const waitMs = waitMsOf(options);
  await mustBeMeant(context, account, questionFor(account, request));
  const service = app.get(KisOrderService, { strict: false });
  const { order, isUnknown } = await service.place(account, request, { clientOrderId, waitMs });
  io.answer(json, order, describe(order));
  if (isUnknown && !json) io.err(whatToDo(order));
}

export async function orderCancel({
  app,
  alias,
  io,
  json,
  operands,
  options,
}: CommandContext): Promise<void> {
  const { wait, ...given } = options;
  const { quantity } = await withArguments(() => cancellationQuery.transform(given));
  const account = accountOf(app, alias);
  const service = app.get(KisOrderService, { strict: false });
  const waitMs = waitMsOf({ wait });
  const { order, isUnknown } = await service.cancel(account, operands['id'] ?? '', { quantity, waitMs });
  io.answer(json, order, describe(order));
  if (json) return;
  if (isUnknown) io.err('KIS has not confirmed whether the order is cancelled. Look it up again.\n');
  else if (quantity === undefined && order.openQuantity !== '0')
    io.err(
      'KIS has accepted the cancellation but does not list the order as cancelled yet. Look it up again.\n',
    );
}

export async function orderShow({ app, alias, io, json, operands }: CommandContext): Promise<void> {
  const book = app.get(KisOrderBook, { strict: false });
  const { order } = await book.find(accountOf(app, alias), operands['id'] ?? '');
  io.answer(json, order, describe(order));
}

export async function orderSettle(context: CommandContext): Promise<void> {
  const { app, alias, io, json, operands, options } = context;
  const { id = '' } = operands;
  const { as } = options;
  if (as === undefined || !/^(not-placed|0*[1-9]\d{0,9})$/.test(as))
    throw new UsageError(
      '--as: the number of the order at KIS, such as --as 0001569139, or --as not-placed.',
    );
  const account = accountOf(app, alias);
  const orderNumber = as === 'not-placed' ? null : as;
  const outcome =
    orderNumber === null ? `KIS has no order "${id}"` : `order "${id}" is number ${orderNumber} at KIS`;
  await mustBeMeant(
    context,
    account,
    `Settle for account "${account.alias}" (${account.maskedNumber}) that ${outcome}?`,
  );
  const order = await app.get(KisManualSettlement, { strict: false }).settle(account, id, { orderNumber });
  io.answer(json, order, describe(order));
}

function accountOf(app: CommandContext['app'], alias: string | undefined): KisAccount {
  return app.get(KisConfiguration, { strict: false }).account(alias);
}

function requestOf({ operands, options }: CommandContext): Promise<OrderBody> {
  const { side, symbol, quantity } = operands;
  const { price } = options;
  const type = chosen('--type', ORDER_TYPES, options['type']) ?? (price === undefined ? undefined : 'limit');
  const wanted = chosen('<buy|sell>', ORDER_SIDES, side);
  if (wanted === undefined || type === undefined)
    throw new UsageError('Give --price for a limit order, or another --type, such as --type market.');
  const body = {
    clientOrderId: options['id'],
    side: wanted,
    symbol,
    quantity,
    type,
    price,
    triggerPrice: options['trigger-price'],
    timeInForce: chosen('--time-in-force', TIMES_IN_FORCE, options['time-in-force']),
    venue: chosen('--venue', ORDER_VENUES, options['venue']),
    session: chosen('--session', ORDER_SESSIONS, options['session']),
  };
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return withArguments(() => orderBody.transform(Object.fromEntries(given)));
}

function waitMsOf({ wait }: CommandContext['options']): number {
  if (wait === undefined) return 0;
  if (/^\d{1,3}$/.test(wait)) return Number(wait) * 1000;
  throw new UsageError('--wait: whole seconds, such as --wait 10.');
}

/** Real money: a person at a terminal has to confirm, and a script has to give `--yes`. */
async function mustBeMeant(
  { io, yes }: CommandContext,
  account: KisAccount,
  question: string,
): Promise<void> {
  if (yes || account.mode !== 'REAL' || account.simulated) return;
  if (!io.confirm) {
    throw new UsageError('This account is REAL: without a terminal to ask on, this needs --yes.');
  }
  if (!(await io.confirm(question))) throw new Error('Nothing was sent.');
}

function questionFor({ alias, maskedNumber }: KisAccount, request: KisOrderRequest): string {
  const { side, quantity, symbol, type, price } = request;
  const words = [side, quantity, symbol, type, price ?? ''].join(' ').trimEnd();
  return `REAL order for account "${alias}" (${maskedNumber}): ${words}. Send it?`;
}

function whatToDo({ clientOrderId }: KisOrder): string {
  return (
    'The outcome of the order is unknown: KIS may have it. Do not place it again under another id; ' +
    `"kis order show ${clientOrderId ?? ''}" looks it up.\n`
  );
}

function describe(order: KisOrder): string {
  const { orderNumber, averageFillPrice, kis } = order;
  return listing([
    ['order', `${order.clientOrderId ?? '–'}${orderNumber === null ? '' : ` (number ${orderNumber})`}`],
    ['status', order.status],
    [
      'what',
      [order.side, order.quantity, order.symbol, order.type ?? '', order.price ?? ''].join(' ').trim(),
    ],
    ['filled', `${order.filledQuantity}${averageFillPrice === null ? '' : ` at ${averageFillPrice}`}`],
    ['open', order.openQuantity],
    ...(kis === null ? [] : ([['KIS', `${kis.msgCd} ${kis.msg1}`]] as [string, string][])),
  ]);
}
