import { type KisOrderAllowance, type KisTradingMode } from '../kis';
import type { AccountVariable } from './known-variables';
import type { VariableReader } from './variable-reader';

/** Reads the variables for orders: the switch, the caps and the settlement time. */

/** An amount in won, without fraction. */
const AMOUNT = /^[1-9]\d{0,14}$/;
const DAY_SECONDS = 86_400;

/** The order settings of an account that are set. */
export interface OrderSettings extends Omit<KisOrderAllowance, 'enabled' | 'reason'> {
  readonly enabled?: boolean;
}

type NameOf = (variable: AccountVariable) => string;

/** Reads whether and how much an account may order. */
export function readOrderSettings(reader: VariableReader, nameOf: NameOf): OrderSettings {
  const enabled = nameOf('ORDERS');
  const maxAmount = readAmount(reader, nameOf('ORDER_MAX_AMOUNT'));
  const dailyMaxAmount = readAmount(reader, nameOf('ORDER_DAILY_MAX_AMOUNT'));
  const maxPerMinute = reader.number(nameOf('ORDER_MAX_PER_MINUTE'), { min: 1, max: 10_000 });
  return {
    ...(reader.has(enabled) ? { enabled: reader.flag(enabled) } : {}),
    ...(maxAmount === null ? {} : { maxAmount }),
    ...(dailyMaxAmount === null ? {} : { dailyMaxAmount }),
    ...(maxPerMinute === null ? {} : { maxPerMinute }),
  };
}

/** As {@link readOrderSettings}, for all accounts: with what cannot be set for one account only. */
export function readCommonOrderSettings(reader: VariableReader, nameOf: NameOf): OrderSettings {
  const settleSeconds = reader.number('KIS_ORDER_SETTLE_SECONDS', { min: 1, max: DAY_SECONDS });
  return { ...readOrderSettings(reader, nameOf), ...(settleSeconds === null ? {} : { settleSeconds }) };
}

/**
 * The order limits of an account. Real money takes more than one switch: a REAL account also needs an API key, even on
 * loopback.
 */
export function orderAllowance(
  reader: VariableReader,
  mode: KisTradingMode,
  { enabled: wanted = false, ...settings }: OrderSettings,
  variable: string,
): KisOrderAllowance {
  const lacksKey = mode === 'REAL' && !reader.has('API_KEY');
  const reason = !wanted
    ? `Orders are off: set ${variable}=true to allow them.`
    : 'A REAL account also needs an API key, even on loopback: set API_KEY, for example to the output of "openssl rand -hex 16".';
  const enabled = wanted && !lacksKey;
  return { ...settings, enabled, ...(enabled ? {} : { reason }) };
}

function readAmount(reader: VariableReader, name: string): string | null {
  const text = reader.text(name);
  if (text === null || AMOUNT.test(text)) return text;
  reader.problem(name, 'must be an amount in won above 0, digits only, such as 1000000.');
  return null;
}
