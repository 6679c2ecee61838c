import { writeSync } from 'node:fs';

/**
 * For a process that is set by environment variables and takes no arguments: prints what it does for `--help`, and
 * refuses everything else. Ends the process in both cases.
 *
 * @param args the arguments of the command line.
 * @param help what is printed.
 */
export function takeNoArguments(args: readonly string[], help: string): void {
  const [first] = args;
  if (first === undefined) return;
  if (first === '--help' || first === '-h') {
    writeSync(1, `${help}\n`);
    process.exit(0);
  }
  writeSync(2, `This command takes no arguments.\n${help}\n`);
  process.exit(2);
}
