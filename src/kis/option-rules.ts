import { baseUrlFault } from './kis-option-checks';
import { KisInvalidRequestError } from './kis.errors';
import { PRICE } from './protocol/inputs';
import { TRADING_MODES } from './protocol/trading-mode';

/**
 * What options must be. Their types say it too, but values from the environment are text whatever the types say: `'false'`
 * would allow orders, and `'10'` or `NaN` as a limit would be none.
 */
interface Rule {
  readonly holds: (value: unknown) => boolean;
  /** Continues "… must be". */
  readonly words: string;
}

type Rules = Readonly<Record<string, Rule>>;

const FLAG: Rule = { holds: (value) => typeof value === 'boolean', words: 'true or false, not a text' };
const DIRECTORY: Rule = { holds: isText(/^[^\0]+$/), words: 'the path of a directory' };
const AMOUNT: Rule = {
  holds: isText(PRICE),
  words: 'an amount in won as a text of digits, such as "1000000"',
};
const ISSUED: Rule = {
  holds: isText(/^[\x21-\x7e]+$/),
  words: 'the text that KIS has issued, without spaces',
};

const OPTIONS: Rules = {
  accounts: { holds: isListOfObjects, words: 'a list of accounts' },
  tokenStore: { holds: isStore, words: '"file", "redis", "memory", or a KisTokenStore or its class' },
  tokenDir: DIRECTORY,
  stateDir: DIRECTORY,
  bufferSeconds: number(0, 86_400),
  refreshLeadSeconds: number(0, 86_400),
  sweepSeconds: number(1, 86_400),
  issueIntervalSeconds: number(1, 3600),
  scheduledRefresh: FLAG,
  shortLived: FLAG,
};

const ACCOUNT: Rules = {
  alias: { holds: isText(/^[^\s\p{C}]{1,40}$/u), words: 'a name of 1 to 40 characters without spaces' },
  mode: { holds: (value) => Object.hasOwn(TRADING_MODES, String(value)), words: '"MOCK" or "REAL"' },
  appKey: ISSUED,
  appSecret: ISSUED,
  htsId: { holds: isText(/^[\x21-\x7e]{0,20}$/), words: 'an id of at most 20 characters without spaces' },
  simulated: FLAG,
  requestsPerSecond: number(0.1, 1_000_000),
  requestTimeoutMs: number(100, 600_000),
};

const ORDERS: Rules = {
  enabled: FLAG,
  maxAmount: AMOUNT,
  dailyMaxAmount: AMOUNT,
  maxPerMinute: number(0, 10_000),
  settleSeconds: number(1, 86_400),
};

/** @throws KisInvalidRequestError naming the first option that cannot be; accounts are checked by {@link checkAccount}. */
export function checkOptions(options: unknown): void {
  if (!isObject(options)) {
    throw new KisInvalidRequestError(
      'The options are missing: the factory must return an object with `accounts`.',
    );
  }
  check(options, OPTIONS, ['accounts'], '');
}

/** @throws KisInvalidRequestError naming the first option of the account that cannot be, without what it was. */
export function checkAccount(alias: string, account: object): void {
  const whose = ` of account "${alias}"`;
  check(account, ACCOUNT, ['mode', 'appKey', 'appSecret'], whose);
  const { baseUrl, orders } = account as { baseUrl?: unknown; orders?: unknown };
  const fault = isMissing(baseUrl) ? null : baseUrlFault(String(baseUrl));
  if (fault !== null) throw new KisInvalidRequestError(`baseUrl${whose} ${fault}.`);
  if (isObject(orders)) check(orders, ORDERS, [], whose, 'orders.');
}

function check(values: object, rules: Rules, required: readonly string[], whose: string, prefix = ''): void {
  for (const [name, { holds, words }] of Object.entries(rules)) {
    const value: unknown = Reflect.get(values, name);
    if (isMissing(value) ? !required.includes(name) : holds(value)) continue;
    throw new KisInvalidRequestError(`${prefix}${name}${whose} must be ${words}.`);
  }
}

function number(least: number, most: number): Rule {
  const holds = (value: unknown): boolean => typeof value === 'number' && value >= least && value <= most;
  return { holds, words: `a number from ${least} to ${most}` };
}

function isText(form: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && form.test(value);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

function isStore(value: unknown): boolean {
  if (typeof value === 'string') return ['file', 'redis', 'memory'].includes(value);
  return typeof value === 'function' || (isObject(value) && 'claim' in value && 'read' in value);
}
