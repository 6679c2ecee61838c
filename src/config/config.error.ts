/**
 * The settings are invalid. The message lists every problem, one per line: the name of the variable, the rule and what
 * to do, never the value.
 */
export class ConfigError extends Error {
  /** @param hint what may have caused all of them */
  constructor(
    readonly problems: readonly string[],
    hint?: string,
  ) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    const list = problems.map((problem) => `  - ${problem}`).join('\n');
    super(`The configuration has ${count}:\n${list}${hint === undefined ? '' : `\n${hint}`}`);
    this.name = 'ConfigError';
  }
}
