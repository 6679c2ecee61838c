/** Counterexamples that the fuzz tests of settings and stored files have found once: each is tried again at every run. */
export const VARIABLE_FINDINGS: [Record<string, string>, Record<string, string>][] = [
  // Accepted by the service, refused by the library, so the start failed with a stack trace.
  [{ KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '3601' }, {}],
];

export interface SettingsFileCase {
  readonly file: '.env' | '.env.local' | 'kis_devlp.yaml' | 'secret';
  readonly text: string;
}

export const FILE_FINDINGS: readonly SettingsFileCase[] = [
  // Ended the start with a TypeError.
  { file: '.env', text: '__proto__=x\n' },
  { file: '.env.local', text: '__proto__: "a\nb"\nconstructor=x' },
];

export const TOKEN_FILE_FINDINGS: readonly string[] = [];

export const CLAIM_FINDINGS: readonly string[] = [];

export const PERMIT_FINDINGS: readonly string[] = [
  // Permits that never end, and a process that shares for ever.
  '{"era":"era","arrivals":[["a","x"],["b","y"]],"owners":[]}',
  '{"era":"era","arrivals":[],"owners":[["x",95617584000000]]}',
];
