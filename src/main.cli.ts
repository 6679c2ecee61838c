#!/usr/bin/env node
import { confirmOnTerminal } from './cli/confirm-on-terminal';
import { runCli } from './cli/run-cli';
import type { AppConfig } from './config/app-config';
import { readCommandConfig } from './config/load-config';
import { Redactor } from './kis/redaction/redactor';
import { AppLogger } from './logging/app-logger';
import { ConsoleOutput } from './logging/console-output';
import { installCrashHandlers } from './logging/crash-handlers';
import { endFailed, mustFinish } from './must-finish';

const standardError = new ConsoleOutput(process.stderr);
const standardOutput = new ConsoleOutput(process.stdout, (code) => {
  process.exitCode = 1;
  // The reader has closed the pipe: it knows that it has not read everything.
  if (code !== 'EPIPE')
    standardError.write(`The answer could not be written to the standard output (${code}).\n`);
});
const io = {
  out: standardOutput.write,
  err: standardError.write,
  ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm: confirmOnTerminal } : {}),
};

let redactor = new Redactor();
installCrashHandlers({
  fatal: (...message) => {
    const options = { level: 'error', format: 'text', file: null } as const;
    new AppLogger({ ...options, redactor, console: standardError.write }).fatal(...message);
  },
});

function readConfig(): AppConfig {
  const config = readCommandConfig();
  redactor = config.redactor;
  return config;
}

const running = runCli(process.argv.slice(2), readConfig, io);
void mustFinish(running, standardError.write).then((code) => {
  if (code === 0) process.exitCode ??= code;
  else endFailed(code);
});
