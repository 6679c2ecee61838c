#!/usr/bin/env node
import { confirmOnTerminal } from './cli/confirm-on-terminal';
import { runCli } from './cli/run-cli';
import { readCommandConfig } from './config/load-config';
import { ConsoleOutput } from './logging/console-output';

const standardError = new ConsoleOutput(process.stderr);
const standardOutput = new ConsoleOutput(process.stdout, (code) => {
  if (code === 'EPIPE') return; // Whoever read it has read enough, as `head` does.
  standardError.write(`The answer could not be written to the standard output (${code}).\n`);
  process.exitCode = 1;
});
const io = {
  out: standardOutput.write,
  err: standardError.write,
  ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm: confirmOnTerminal } : {}),
};

void runCli(process.argv.slice(2), readCommandConfig, io).then((code) => {
  process.exitCode ??= code;
});
