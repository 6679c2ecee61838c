import { LARGEST_HOLDINGS, LARGEST_SOLD_OUT } from './market/domestic-stocks';
import { LARGEST_OVERSEAS_HOLDINGS } from './market/overseas-stocks';
import { MARKET_RULES } from './market/market-settings';
import { ORDER_RULES } from './order/order-settings';
import { REALTIME_RULES } from './realtime/realtime-settings';
import { type ApiFault, type SimulatorSettings, type TokenFault } from './settings';
import {
  MANY,
  type Rule,
  type Rules,
  TEN_MINUTES_MS,
  chance,
  flag,
  nullOr,
  oneOf,
  text,
  whole,
} from './settings-rules';
import { isPlayable } from './uapi/forced-refusal';

/** Checks changes of settings: which values each setting accepts, in words and in code. */

const code: Rule = {
  expects: 'a code of the gateway such as "EGW00316", or any of a service such as "APBK0919"',
  accepts: (value) => typeof value === 'string' && isPlayable(value),
};

const MOST_FIELDS = 100;
const fieldNames: Rule = {
  expects: `a list of up to ${MOST_FIELDS} field names such as "output1"`,
  accepts: (value) =>
    Array.isArray(value) &&
    value.length <= MOST_FIELDS &&
    value.every((name) => typeof name === 'string' && /^\w{1,40}$/.test(name)),
};

const YEAR_SECONDS = 31_536_000;
const TEN_YEARS_MS = 10 * YEAR_SECONDS * 1000;

const TOKEN_FAULTS: readonly TokenFault[] = [
  'drop',
  'hang',
  'truncated',
  'http500',
  'html502',
  'redirect',
  'emptyExpiry',
  'pastExpiry',
  'longExpiry',
  'notJwt',
];

const API_FAULTS: readonly ApiFault[] = ['drop', 'hang', 'truncated', 'html502', 'http503', 'redirect'];

const RULES: Rules<SimulatorSettings> = {
  clockOffsetMs: whole(-TEN_YEARS_MS, TEN_YEARS_MS),
  latencyMs: whole(0, TEN_MINUTES_MS),
  tokenLatencyMs: whole(0, TEN_MINUTES_MS),
  tokenLifetimeSeconds: whole(1, YEAR_SECONDS),
  sameTokenSeconds: whole(0, YEAR_SECONDS),
  issueIntervalSeconds: whole(0, YEAR_SECONDS),
  oldTokenDiesOnReissue: flag,
  reissueAfterRevoke: flag,
  tokenFault: oneOf(null, ...TOKEN_FAULTS),
  tokenDown: flag,
  expiredAs: oneOf(500, 200),
  refuseAll: nullOr(code),
  refuseNext: whole(0, MANY),
  refuseNextCode: code,
  refuseTrId: nullOr(text(/^[A-Z0-9]{5,13}$/, 'a TR id such as "TTTC8434R"')),
  refusePages: oneOf('all', 'first', 'following'),
  tokenRefusal: nullOr(code),
  apiFault: oneOf(null, ...API_FAULTS),
  echo: nullOr(text(/^[^]{0,2000}$/, 'a text such as "account {account}, secret {appsecret:0:60}"')),
  realPerSecond: whole(1, MANY),
  mockPerSecond: whole(1, MANY),
  randomRateRefusals: chance,
  ledgerRefusals: chance,
  holdings: whole(0, LARGEST_HOLDINGS),
  soldOut: whole(0, LARGEST_SOLD_OUT),
  overseasHoldings: whole(0, LARGEST_OVERSEAS_HOLDINGS),
  overseasBond: flag,
  emptyAccount: flag,
  output2AsObject: flag,
  blankOverseasRow: oneOf('whenEmpty', 'always', 'never'),
  mockPresentCurrencies: flag,
  refuseInquiryByStock: flag,
  omitFields: fieldNames,
  pageSize: nullOr(whole(1, 1000)),
  morePageMark: oneOf('M', 'F'),
  lastPageMark: oneOf('D', 'E'),
  ...MARKET_RULES,
  ...ORDER_RULES,
  ...REALTIME_RULES,
};

/** An invalid change of settings; the message lists every problem. */
export class InvalidSettingsError extends Error {
  override readonly name = 'InvalidSettingsError';
}

/**
 * The given change, checked name by name and value by value.
 * @throws InvalidSettingsError naming all that is wrong; then nothing of the change may be applied.
 */
export function checkedSettings(change: unknown): Partial<SimulatorSettings> {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    throw new InvalidSettingsError('Settings are an object, such as {"holdings": 30}.');
  }
  const problems = Object.entries(change).flatMap(([name, value]) => problemWith(name, value));
  if (problems.length > 0) throw new InvalidSettingsError(problems.join(' '));
  return change;
}

/** What each setting accepts, in words. */
export function acceptedSettings(): Record<string, string> {
  return Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, rule.expects]));
}

function problemWith(name: string, value: unknown): string[] {
  if (!isSetting(name)) {
    return [`There is no setting "${name}"; there are ${Object.keys(RULES).join(', ')}.`];
  }
  return RULES[name].accepts(value) ? [] : [`"${name}" must be ${RULES[name].expects}.`];
}

function isSetting(name: string): name is keyof SimulatorSettings {
  return Object.hasOwn(RULES, name);
}
