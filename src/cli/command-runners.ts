import { accounts, balance } from './account-commands';
import type { CommandContext } from './cli-command';
import type { CommandName } from './commands';
import { doctor } from './doctor/doctor';
import { gatewayKeyAdd, gatewayKeyList, gatewayKeyRemove } from './gateway-commands';
import { candles, quote } from './market-commands';
import { orderCancel, orderPlace, orders, orderSettle, orderShow } from './order-commands';
import { stream } from './stream-command';
import { importToken, tokenDelete, tokenGet, tokenRefresh, tokenRevoke, tokenStatus } from './token-commands';

/** What each command does. */
export const RUNNERS: Readonly<Record<CommandName, (context: CommandContext) => Promise<void>>> = {
  'token status': tokenStatus,
  'token get': tokenGet,
  'token refresh': tokenRefresh,
  'token delete': tokenDelete,
  'token revoke': tokenRevoke,
  import: importToken,
  accounts,
  balance,
  quote,
  candles,
  stream,
  orders,
  'order place': orderPlace,
  'order cancel': orderCancel,
  'order show': orderShow,
  'order settle': orderSettle,
  'gateway key add': gatewayKeyAdd,
  'gateway key list': gatewayKeyList,
  'gateway key remove': gatewayKeyRemove,
  doctor,
};
