import { KisConfiguration, reachKis, type Reachability } from '../../kis';
import type { CommandContext } from '../cli-command';
import { fault, note, ok, type Finding } from './finding';

const CLOCK_TOLERANCE_SECONDS = 120;

/** The finding about the clock when there is nothing to compare it with. */
export function clockAlone(why = 'kis doctor --online compares it with KIS'): Finding {
  return note('clock', `${new Date().toISOString()}, not compared; ${why}`);
}

/** Whether KIS can be reached, and whether the clocks agree. */
export async function connections({ app }: CommandContext): Promise<Finding[]> {
  const { accounts, proxies, nameOption } = app.get(KisConfiguration, { strict: false });
  const origins = new Set(accounts.map((account) => account.credential.origin));
  return (
    await Promise.all(
      [...origins].map((origin) => connection(origin, () => reachKis(origin, proxies, nameOption))),
    )
  ).flat();
}

async function connection(origin: string, reach: () => Promise<Reachability>): Promise<Finding[]> {
  const check = `connection to ${origin}`;
  try {
    const reached = await reach();
    return [ok(check, `answered in ${reached.tookMs} ms`), clock(reached)];
  } catch (error) {
    return [fault(check, error instanceof Error ? error.message : String(error)), clockAlone('no answer')];
  }
}

function clock({ skewSeconds }: Reachability): Finding {
  if (skewSeconds === null) return clockAlone('the answer had no Date');
  const off = `${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'behind' : 'ahead of'} KIS`;
  return Math.abs(skewSeconds) > CLOCK_TOLERANCE_SECONDS
    ? fault('clock', `${off}; set the clock of this machine`)
    : ok('clock', `agrees with KIS (${off})`);
}
