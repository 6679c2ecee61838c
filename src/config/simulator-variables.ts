import { join } from 'node:path';
import { checkUnusedAccount, readCallOptions } from './account-variables';
import type { EmbeddedSimulatorOptions } from './app-config';
import type { VariableOrigin } from './environment';
import { expandHome } from './home-path';
import { accountVariable, type AccountVariable } from './known-variables';
import { orderAllowance, readCommonOrderSettings } from './order-variables';
import type { VariableReader } from './variable-reader';

/** Reads whether and how the embedded simulator runs. */

/** High enough for the status page, low enough to notice an endless loop. */
const SIMULATED_REQUESTS_PER_SECOND = 50;
/** The port of KIS's mock host. */
const MOCK_PORT = 29_443;

/** Variables that configure an account of one's own. */
const OWN_ACCOUNT = ['KIS_APP_KEY', 'KIS_APP_SECRET', 'KIS_PROFILES', 'KIS_CONFIG_FILE'];

export interface SimulatorChoice {
  readonly simulator: EmbeddedSimulatorOptions | null;
  /** False where the simulator's demo account is used, or KIS_SIMULATOR is invalid and no own account is configured. */
  readonly ownAccounts: boolean;
}

/**
 * Whether the simulator is to run. It is refused together with any setting of a real account, so that simulated figures
 * cannot be mistaken for real ones.
 */
export function readSimulator(
  reader: VariableReader,
  originOf: (name: string) => VariableOrigin,
): SimulatorChoice {
  const isOn = reader.flag('KIS_SIMULATOR');
  const own = OWN_ACCOUNT.filter((name) => reader.has(name));
  const ownAccounts = own.length > 0 || !(isOn || reader.isFaulty('KIS_SIMULATOR'));
  if (!ownAccounts) checkUnusedAccount(reader);
  if (!isOn) {
    // The simulator may have been intended, so problems with its variables are reported as well.
    if (reader.isFaulty('KIS_SIMULATOR')) readOptions(reader);
    return { simulator: null, ownAccounts };
  }
  const real = reader.text('KIS_TRADING_MODE')?.toUpperCase() === 'REAL';
  const conflicting = [
    ...own,
    ...(real ? ['KIS_TRADING_MODE'] : []),
    ...(reader.has('KIS_BASE_URL') ? ['KIS_BASE_URL'] : []),
  ];
  if (conflicting.length > 0) reader.problem('KIS_SIMULATOR', conflictMessage(conflicting, originOf));
  const unused = ['KIS_ACCOUNT_NUMBER', 'KIS_ACCOUNT_CODE'].find((name) => reader.has(name));
  if (own.length === 0 && unused !== undefined) {
    reader.warn(
      unused,
      'has no effect while KIS_SIMULATOR is true: the simulator has its own account. For yours, add the line ' +
        'KIS_SIMULATOR=false to .env.local.',
    );
  }
  return { simulator: readOptions(reader), ownAccounts };
}

function readOptions(reader: VariableReader): EmbeddedSimulatorOptions {
  const nameOf = (variable: AccountVariable): string => accountVariable(null, variable);
  const calls = readCallOptions(reader, nameOf);
  // No real money is at stake.
  const settings = { enabled: true, ...readCommonOrderSettings(reader, nameOf) };
  return {
    mockPort: reader.number('SIMULATOR_MOCK_PORT', { min: 0, max: 65_535 }) ?? MOCK_PORT,
    ...ordersFileOf(reader),
    orders: orderAllowance(reader, 'MOCK', settings, nameOf('ORDERS')),
    requestsPerSecond: calls.requestsPerSecond ?? SIMULATED_REQUESTS_PER_SECOND,
    ...(calls.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: calls.requestTimeoutMs }),
  };
}

/** Next to the journal, so that both always hold the same orders. */
function ordersFileOf(reader: VariableReader): Pick<EmbeddedSimulatorOptions, 'ordersFile'> {
  const directory = expandHome(reader.text('KIS_STATE_DIR') ?? '~/KIS/state');
  if (directory === null || reader.text('KIS_TOKEN_STORE') === 'memory') return {};
  return { ordersFile: join(directory, 'simulator-orders.jsonl') };
}

function conflictMessage(conflicting: readonly string[], originOf: (name: string) => VariableOrigin): string {
  const conflicts = conflicting.map((name) => `${name} (${place(originOf(name))})`).join(', ');
  const origin = originOf('KIS_SIMULATOR');
  const change =
    origin.file === '.env'
      ? 'add the line KIS_SIMULATOR=false to .env.local'
      : `change KIS_SIMULATOR to false (${place(origin)})`;
  return (
    `is true (${place(origin)}), which cannot be combined with ${conflicts}: simulated figures must never be ` +
    `mistaken for real ones. For your own account: ${change}. For the simulator: remove ${conflicting.join(', ')}.`
  );
}

function place({ file, line }: VariableOrigin): string {
  return file === undefined ? 'in the environment' : `line ${line ?? '?'} of ${file}`;
}
