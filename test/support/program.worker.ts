import { createInterface } from 'node:readline';
import { SystemKisClock } from '../../src/kis';
import { AcceleratedKisClock } from './accelerated-clock';
import { openProgram, type Program, type ProgramSetting } from './program';

/** A program over the library that executes commands, one per line of its input. */
export interface ProgramTask extends ProgramSetting {
  /** Arguments of the clock; that of the platform where there are none. */
  readonly hurried?: ConstructorParameters<typeof AcceleratedKisClock>;
}

export interface ProgramOrder {
  /** So many callers of `getToken` at one time. */
  readonly getToken?: number;
  /** One call to KIS for each symbol, all at one time. */
  readonly call?: readonly string[];
  readonly refresh?: boolean;
  /** Waits until KIS may be asked for a token again. */
  readonly coolDown?: boolean;
}

export interface ProgramReport {
  readonly done: number;
  /** Fingerprints of the tokens that were handed out. */
  readonly tokens: readonly string[];
  /** How often which error. */
  readonly failures: Readonly<Record<string, number>>;
}

function obey(program: Program, clock: SystemKisClock, order: ProgramOrder): Promise<ProgramReport> {
  const { tokens } = program;
  const getToken = async (): Promise<string> => (await tokens.getToken()).fingerprint;
  const coolDown = async (): Promise<void> => {
    for (;;) {
      const { cooldownUntil } = await tokens.getTokenInfo();
      if (!cooldownUntil) return;
      await clock.sleep(cooldownUntil.getTime() - clock.now());
    }
  };
  return reportOf([
    ...Array.from({ length: order.getToken ?? 0 }, getToken),
    ...(order.call ?? []).map((symbol) => program.call(symbol)),
    ...(order.coolDown ? [coolDown()] : []),
    ...(order.refresh ? [tokens.refresh()] : []),
  ]);
}

async function reportOf(work: readonly Promise<unknown>[]): Promise<ProgramReport> {
  const tokens = new Set<string>();
  const failures: Record<string, number> = {};
  let done = 0;
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'fulfilled') {
      done += 1;
      if (typeof result.value === 'string') tokens.add(result.value);
    } else {
      const name = (result.reason as { code?: string }).code ?? String(result.reason);
      failures[name] = (failures[name] ?? 0) + 1;
    }
  }
  return { done, tokens: [...tokens], failures };
}

function tell(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  const { hurried, ...setting } = JSON.parse(process.argv[2] ?? '') as ProgramTask;
  const clock = hurried ? new AcceleratedKisClock(...hurried) : new SystemKisClock();
  const program = await openProgram(setting, clock);
  tell('ready');
  for await (const line of createInterface(process.stdin))
    tell(await obey(program, clock, JSON.parse(line) as ProgramOrder));
  await program.close();
}

void main();
