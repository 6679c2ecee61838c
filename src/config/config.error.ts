/**
 * The settings are invalid. The message lists every problem, one per line: the name of the variable, the rule and what
 * to do, never the value.
 */
export class ConfigError extends Error {
  /**
   * @param warnings what would be a warning if there were no problem; it may explain one, such as a misspelt name
   * @param hint what may have caused all of them
   */
  constructor(
    readonly problems: readonly string[],
    readonly warnings: readonly string[] = [],
    hint?: string,
  ) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    const lines = [`The configuration has ${count}:`, ...problems.map((problem) => `  - ${problem}`)];
    if (warnings.length > 0) lines.push('Also noticed:', ...warnings.map((warning) => `  * ${warning}`));
    if (hint !== undefined) lines.push(hint);
    super(lines.join('\n'));
    this.name = 'ConfigError';
  }
}
