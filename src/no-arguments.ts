/**
 * For a process that is set by environment variables and takes no arguments: prints what it does for `--help`, and
 * refuses everything else with exit code 2. A refused argument is not repeated, because it may be a secret.
 *
 * @param args the arguments of the command line.
 * @param help what is printed.
 * @returns whether the process is to do its work.
 */
export function hasNoArguments([first]: readonly string[], help: string): boolean {
  if (first === undefined) return true;
  if (first === '--help' || first === '-h') {
    process.stdout.write(`${help}\n`);
  } else {
    process.stderr.write(`This command takes no arguments.\n${help}\n`);
    process.exitCode = 2;
  }
  return false;
}
