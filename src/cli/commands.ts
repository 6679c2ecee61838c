import type { CliCommand } from './cli-command';

const DESCRIPTIONS = [
  {
    name: 'token status',
    parameters: '[alias]',
    summary: 'how long each token is valid, where it is stored, when it is renewed; never the token itself',
    takesAlias: true,
  },
  {
    name: 'token get',
    parameters: '[alias]',
    summary: 'prints a valid token and nothing else:  curl -H "authorization: Bearer $(kis token get)" …',
    takesAlias: true,
  },
  {
    name: 'token refresh',
    parameters: '[alias]',
    summary: 'requests a new token now (at most once a minute; a real account gets a KakaoTalk message)',
    takesAlias: true,
  },
  {
    name: 'token delete',
    parameters: '[alias]',
    summary: 'deletes the stored token',
    takesAlias: true,
  },
  {
    name: 'token revoke',
    parameters: '[alias] [--yes]',
    summary:
      'revokes the token at KIS and deletes it; on a terminal this is confirmed first, unless --yes is given',
    takesAlias: true,
    takesYes: true,
  },
  {
    name: 'import',
    parameters: '<file> [alias]',
    summary: 'stores a token from the file of another program (token_*.json, KISyyyymmdd)',
    takesFile: true,
    takesAlias: true,
  },
  { name: 'accounts', parameters: '', summary: 'the configured accounts' },
  {
    name: 'balance',
    parameters: '[alias]',
    summary: 'domestic stock balance',
    takesAlias: true,
  },
  {
    name: 'quote',
    parameters: '<symbol> [alias]',
    summary: 'current price of 005930 or NAS:AAPL, or of up to 30 separated by commas',
    operands: ['symbol'],
    takesAlias: true,
  },
  {
    name: 'candles',
    parameters: '<symbol> [alias] [options]',
    summary:
      'candles, oldest first; --interval 1m|1d|1w|1M|1y, --from, --to <day or instant>, --adjusted false, --venue KRX|NXT|ALL',
    operands: ['symbol'],
    takesAlias: true,
    options: ['interval', 'from', 'to', 'adjusted', 'venue'],
  },
  {
    name: 'stream',
    parameters: '<channel> … [--account <alias>]',
    summary:
      'events as they come, one line of JSON each, until Ctrl-C: trades:005930, book:005930@NXT, trades:NAS:AAPL, orders:main',
    takesMany: 'channel',
    takesAlias: true,
  },
  {
    name: 'orders',
    parameters: '[alias] [options]',
    summary:
      'orders of today, wherever they were placed; --status open|closed|unknown, --from, --to <day>, --symbol',
    takesAlias: true,
    options: ['status', 'from', 'to', 'symbol'],
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
  },
  {
    name: 'order cancel',
    parameters: '<id> [options]',
    summary:
      "cancels the open part of an order, by its id or today's order number; --quantity, --wait <seconds>",
    operands: ['id'],
    takesAlias: true,
    options: ['quantity', 'wait'],
  },
  {
    name: 'order show',
    parameters: '<id> [alias]',
    summary: "one order, by its id or today's order number",
    operands: ['id'],
    takesAlias: true,
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
  },
  {
    name: 'gateway key list',
    parameters: '',
    summary: 'the programs that have a key, and what they may do',
  },
  {
    name: 'gateway key remove',
    parameters: '<program>',
    summary: 'revokes the key of a program at once',
    operands: ['program'],
  },
  {
    name: 'doctor',
    parameters: '[--online]',
    summary:
      'checks settings, token files and this machine; with --online also the connection to KIS and the clock',
    takesOnline: true,
  },
] as const satisfies readonly CliCommand[];

export type CommandName = (typeof DESCRIPTIONS)[number]['name'];

/**
 * All commands, in the order in which the help shows them. What they do is in `command-runners.ts`: help and wrong usage
 * need the descriptions only, and load neither Nest nor the library.
 */
export const COMMANDS: readonly CliCommand<CommandName>[] = DESCRIPTIONS;
