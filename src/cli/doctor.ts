import { KisConfiguration, KisTokenService, KisTokenStore, reachKis } from '../kis';
import { AppConfig } from '../config/app-config';
import type { CommandContext } from './cli-command';

/** The doctor has said all there is to say; only the exit code is missing. */
export class DoctorFoundFaults extends Error {}

interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'note' | 'fault';
  readonly words: string;
}

const CLOCK_TOLERANCE_SECONDS = 120;

/** Looks at everything that commonly goes wrong, without asking KIS for a token. */
export async function doctor(context: CommandContext): Promise<void> {
  const findings = [...local(context), await store(context), ...(await tokens(context))];
  if (context.online) findings.push(...(await online(context)));
  const { io, json } = context;
  io.out(json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(line).join(''));
  if (findings.some((finding) => finding.result === 'fault')) throw new DoctorFoundFaults();
}

function line({ check, result, words }: Finding): string {
  return `${result.toUpperCase().padEnd(5)}  ${check}: ${words}\n`;
}

function local({ app }: CommandContext): Finding[] {
  const config = app.get(AppConfig, { strict: false });
  const accounts = app
    .get(KisConfiguration, { strict: false })
    .accounts.map((each) => `${each.alias} (${each.mode})`);
  return [
    { check: 'Node.js', result: 'ok', words: process.versions.node },
    { check: 'configuration', result: 'ok', words: `accounts: ${accounts.join(', ')}` },
    ...config.warnings.map((words) => ({ check: 'configuration', result: 'note' as const, words })),
    ...(config.simulator
      ? [
          {
            check: 'simulator',
            result: 'note' as const,
            words: 'KIS_SIMULATOR=true: all figures are invented',
          },
        ]
      : []),
  ];
}

async function store({ app }: CommandContext): Promise<Finding> {
  const check = 'token store';
  const { tokenStore, tokenDir, redis } = app.get(KisConfiguration, { strict: false });
  const places = { file: tokenDir, redis: `Redis at ${redis?.place ?? ''}`, memory: 'memory' };
  try {
    await app.get(KisTokenStore, { strict: false }).probe();
    return { check, result: 'ok', words: `${places[tokenStore]} can be written` };
  } catch (error) {
    return { check, result: 'fault', words: error instanceof Error ? error.message : String(error) };
  }
}

async function tokens({ app }: CommandContext): Promise<Finding[]> {
  const service = app.get(KisTokenService);
  const { accounts } = app.get(KisConfiguration, { strict: false });
  return Promise.all(
    accounts.map(async ({ alias }) => {
      const { status, remainingSeconds, lastError } = await service.getTokenInfo(alias);
      const left = remainingSeconds === null ? '' : `, ${remainingSeconds} s left`;
      const words = `${status}${left}${lastError ? `; last error: ${lastError.message}` : ''}`;
      return { check: `token of ${alias}`, result: lastError ? ('note' as const) : ('ok' as const), words };
    }),
  );
}

/** Is the brokerage there, and do the clocks agree? Sends no key and no token. */
async function online({ app }: CommandContext): Promise<Finding[]> {
  const { accounts } = app.get(KisConfiguration, { strict: false });
  const origins = new Set(accounts.map((account) => account.credential.origin));
  return Promise.all(
    [...origins].map(async (origin) => {
      const check = `way to ${origin}`;
      try {
        const { skewSeconds, tookMs } = await reachKis(origin);
        const wrong = skewSeconds !== null && Math.abs(skewSeconds) > CLOCK_TOLERANCE_SECONDS;
        const clock = wrong ? `; the clock of this machine is off by ${skewSeconds} s, please set it` : '';
        return {
          check,
          result: wrong ? ('fault' as const) : ('ok' as const),
          words: `answered in ${tookMs} ms${clock}`,
        };
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        return { check, result: 'fault' as const, words };
      }
    }),
  );
}
