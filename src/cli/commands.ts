import { accounts, balance } from './account-commands';
import type { CliCommand } from './cli-command';
import { candles, quote } from './market-commands';
import { orderCancel, orderPlace, orders, orderSettle, orderShow } from './order-commands';
import { gatewayKeyAdd, gatewayKeyList, gatewayKeyRemove } from './gateway-commands';
import { doctor } from './doctor/doctor';
import { stream } from './stream-command';
import { importToken, tokenDelete, tokenGet, tokenRefresh, tokenRevoke, tokenStatus } from './token-commands';

/** All commands, in the order in which the help shows them. */
export const COMMANDS: readonly CliCommand[] = [
  {
    name: 'token status',
    parameters: '[alias]',
    summary: 'how long each token is valid, where it is stored, when it is renewed; never the token itself',
    takesAlias: true,
    run: tokenStatus,
  },
  {
    name: 'token get',
    parameters: '[alias]',
    summary: 'prints a valid token and nothing else:  curl -H "authorization: Bearer $(kis token get)" …',
    takesAlias: true,
    run: tokenGet,
  },
  {
    name: 'token refresh',
    parameters: '[alias]',
    summary: 'requests a new token now (at most once a minute; a real account gets a KakaoTalk message)',
    takesAlias: true,
    run: tokenRefresh,
  },
  {
    name: 'token delete',
    parameters: '[alias]',
    summary: 'deletes the stored token',
    takesAlias: true,
    run: tokenDelete,
  },
  {
    name: 'token revoke',
    parameters: '[alias] [--yes]',
    summary:
      'revokes the token at KIS and deletes it; on a terminal this is confirmed first, unless --yes is given',
    takesAlias: true,
    takesYes: true,
    run: tokenRevoke,
  },
  {
    name: 'import',
    parameters: '<file> [alias]',
    summary: 'stores a token from the file of another program (token_*.json, KISyyyymmdd)',
    takesFile: true,
    takesAlias: true,
    run: importToken,
  },
  { name: 'accounts', parameters: '', summary: 'the configured accounts', run: accounts },
  {
    name: 'balance',
    parameters: '[alias]',
    summary: 'domestic stock balance',
    takesAlias: true,
    run: balance,
  },
  {
    name: 'quote',
    parameters: '<symbol> [alias]',
    summary: 'current price of 005930 or NAS:AAPL, or of up to 30 separated by commas',
    operands: ['symbol'],
    takesAlias: true,
    run: quote,
  },
  {
    name: 'candles',
    parameters: '<symbol> [alias] [options]',
    summary:
      'candles, oldest first; --interval 1m|1d|1w|1M|1y, --from, --to <day or instant>, --adjusted false, --venue KRX|NXT|ALL',
    operands: ['symbol'],
    takesAlias: true,
    options: ['interval', 'from', 'to', 'adjusted', 'venue'],
    run: candles,
  },
  {
    name: 'stream',
    parameters: '<channel> … [--account <alias>]',
    summary:
      'events as they come, one line of JSON each, until Ctrl-C: trades:005930, book:005930@NXT, trades:NAS:AAPL, orders:main',
    takesMany: 'channel',
    takesAlias: true,
    run: stream,
  },
  {
    name: 'orders',
    parameters: '[alias] [options]',
    summary:
      'orders of today, wherever they were placed; --status open|closed|unknown, --from, --to <day>, --symbol',
    takesAlias: true,
    options: ['status', 'from', 'to', 'symbol'],
    run: orders,
  },
  {
    name: 'order place',
    parameters:
      '<buy|sell> <symbol> <quantity> [alias] [--price <price>] [--type <type>] [--id <id>] [--yes]',
    summary:
      'places an order: --price, or another --type such as market; --id, --venue, --session, --time-in-force, --trigger-price, --wait; a REAL order is confirmed first, unless --yes is given',
    operands: ['side', 'symbol', 'quantity'],
    takesAlias: true,
    takesYes: true,
    options: ['price', 'type', 'trigger-price', 'time-in-force', 'venue', 'session', 'id', 'wait'],
    run: orderPlace,
  },
  {
    name: 'order cancel',
    parameters: '<id> [options]',
    summary:
      "cancels the open part of an order, by its id or today's order number; --quantity, --wait <seconds>",
    operands: ['id'],
    takesAlias: true,
    options: ['quantity', 'wait'],
    run: orderCancel,
  },
  {
    name: 'order show',
    parameters: '<id> [alias]',
    summary: "one order, by its id or today's order number",
    operands: ['id'],
    takesAlias: true,
    run: orderShow,
  },
  {
    name: 'order settle',
    parameters: '<id> --as <number|not-placed> [alias] [--yes]',
    summary:
      'records the outcome of an unknown order that you have looked up in HTS or MTS; sends nothing; for a REAL account confirmed first, unless --yes is given',
    operands: ['id'],
    takesAlias: true,
    takesYes: true,
    options: ['as'],
    run: orderSettle,
  },
  {
    name: 'gateway key add',
    parameters: '<program> [alias] [--allow read|trade] [--columns current|2025|2024] [--replace]',
    summary:
      'a key for a program that calls KIS through the gateway; prints key and secret once, as lines for kis_devlp.yaml',
    operands: ['program'],
    takesAlias: true,
    options: ['allow', 'columns'],
    flags: ['replace'],
    run: gatewayKeyAdd,
  },
  {
    name: 'gateway key list',
    parameters: '',
    summary: 'the programs that have a key, and what they may do',
    run: gatewayKeyList,
  },
  {
    name: 'gateway key remove',
    parameters: '<program>',
    summary: 'revokes the key of a program at once',
    operands: ['program'],
    run: gatewayKeyRemove,
  },
  {
    name: 'doctor',
    parameters: '[--online]',
    summary:
      'checks settings, token files and this machine; with --online also the connection to KIS and the clock',
    takesOnline: true,
    run: doctor,
  },
];
