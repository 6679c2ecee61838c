import { AppConfig } from '../config/app-config';
import { GATEWAY_COLUMNS } from '../config/gateway-variables';
import { accountKey, KisConfiguration, OrderLedger, type KisAccount } from '../kis';
import { PREFIXES } from '../gateway/gateway-address';
import { ALLOWANCES, hashOf, newKeyPair, type KeyPair, type ProgramKey } from '../gateway/program-key';
import { ProgramKeyStore } from '../gateway/program-key-store';
import { chosen } from './choice';
import { UsageError, type CommandContext } from './cli-command';
import { table } from './output';

const PROGRAM = /^[A-Za-z0-9._-]{1,40}$/;

export async function gatewayKeyAdd(context: CommandContext): Promise<void> {
  const { app, alias, io, json, operands, options, flags } = context;
  const program = programIn(operands);
  const allow = chosen('--allow', ALLOWANCES, options['allow']) ?? 'read';
  const columns = chosen('--columns', GATEWAY_COLUMNS, options['columns']) ?? null;
  const account = app.get(KisConfiguration, { strict: false }).account(alias);
  const pair = newKeyPair();
  const key: ProgramKey = {
    program,
    account: account.alias,
    accountKey: accountKey(account),
    allow,
    columns,
    keyHash: hashOf(pair.appKey),
    secretHash: hashOf(pair.appSecret),
    keyStart: pair.appKey.slice(0, 10),
    createdAt: new Date().toISOString(),
    revoked: [],
  };
  if (!(await keysOf(context).put(key, flags.has('replace')))) {
    throw new Error(
      `"${program}" already has a key. --replace issues a new one and revokes the old one at once.`,
    );
  }
  const place = addressesOf(context, account);
  const facts = { program, account: account.alias, mode: account.mode, allow, columns, ...pair, ...place };
  if (json) io.secret(`${JSON.stringify(facts, null, 2)}\n`);
  else io.secret(linesFor(pair, account, place));
  if (!json)
    io.err(
      `Program "${program}" may ${allow === 'trade' ? 'read and order' : 'read'}. The secret is not shown again.\n`,
    );
}

export async function gatewayKeyList(context: CommandContext): Promise<void> {
  const { io, json } = context;
  const keys = await keysOf(context).all();
  const facts = keys.map(({ program, account, allow, columns, keyStart, createdAt }) => {
    return { program, account, allow, columns, appKey: `${keyStart}…`, createdAt };
  });
  const rows = facts.map((each) => [
    each.program,
    each.account,
    each.allow,
    each.columns ?? '–',
    each.appKey,
    each.createdAt.slice(0, 10),
  ]);
  const head = ['program', 'account', 'may', 'columns', 'app key', 'since'];
  io.answer(json, facts, rows.length === 0 ? 'No program has a key.\n' : table(head, rows));
}

export async function gatewayKeyRemove(context: CommandContext): Promise<void> {
  const { io, json, operands } = context;
  const program = programIn(operands);
  if (!(await keysOf(context).remove(program))) {
    throw new Error(
      `"${program.slice(0, 40)}" has no key. "kis gateway key list" names the programs that have one.`,
    );
  }
  io.answer(
    json,
    { program, removed: true },
    `The key of "${program}" has been removed: its next request will be refused.\n`,
  );
}

function programIn({ program = '' }: CommandContext['operands']): string {
  if (PROGRAM.test(program)) return program;
  throw new UsageError('A program is named with 1 to 40 characters of A-Z a-z 0-9 . _ -');
}

function keysOf({ app }: CommandContext): ProgramKeyStore {
  if (app.get(KisConfiguration, { strict: false }).tokenStore === 'memory') {
    throw new Error(
      'Program keys are stored with the tokens, and KIS_TOKEN_STORE=memory stores nothing. Choose file or redis.',
    );
  }
  return new ProgramKeyStore(app.get(OrderLedger, { strict: false }));
}

interface Addresses {
  readonly rest: string;
  readonly websocket: string;
}

function addressesOf({ app }: CommandContext, { mode }: KisAccount): Addresses {
  const { gateway, host, port } = app.get(AppConfig, { strict: false });
  const own = gateway.ports[mode];
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const address = `${name.includes(':') ? `[${name}]` : name}:${own ?? port}${own === null ? PREFIXES[mode] : ''}`;
  return { rest: `http://${address}`, websocket: `ws://${address}` };
}

/** Product codes of futures and options accounts (kis_auth.py of the official samples, changeTREnv). */
const FUTURES: ReadonlySet<string> = new Set(['03', '08']);

/**
 * The lines for kis_devlp.yaml, the file of the official samples. Values that identify the owner are left for the owner
 * to fill in; an invented account has none.
 */
function linesFor(
  { appKey, appSecret }: KeyPair,
  account: KisAccount,
  { rest, websocket }: Addresses,
): string {
  const { mode, productCode, maskedNumber, alias, htsId } = account;
  const [app, secret, prod, ops, accounts] =
    mode === 'REAL'
      ? ['my_app', 'my_sec', 'prod', 'ops', 'my_acct']
      : ['paper_app', 'paper_sec', 'vps', 'vops', 'my_paper'];
  const number = `${accounts}_${FUTURES.has(productCode) ? 'future' : 'stock'}`;
  const values = { [app]: appKey, [secret]: appSecret, [prod]: rest, [ops]: websocket, my_prod: productCode };
  const invented = account.simulated ? { [number]: account.number, my_htsid: htsId } : {};
  const lines = Object.entries({ ...values, ...invented }).map(([name, value]) => `${name}: "${value}"`);
  if (!account.simulated) {
    lines.push(
      `# ${number}: the eight digits of account "${alias}" (${maskedNumber}); my_htsid: its HTS id, for order notices`,
    );
  }
  return `${lines.join('\n')}\n`;
}
