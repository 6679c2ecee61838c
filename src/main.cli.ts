#!/usr/bin/env node
import { confirmOnTerminal } from './cli/confirm-on-terminal';
import { runCli } from './cli/run-cli';
import type { AppConfig } from './config/app-config';
import { readCommandConfig } from './config/load-config';
import { Redactor } from './kis';
import { AppLogger } from './logging/app-logger';
import { ConsoleOutput } from './logging/console-output';
import { installCrashHandlers } from './logging/crash-handlers';
import { mustFinish } from './must-finish';

/** For what a command leaves behind to end by itself. */
const LONGEST_END_MS = 500;

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

let redactor = new Redactor();
installCrashHandlers({
  fatal: (...told) => {
    const options = { level: 'error', format: 'text', file: null } as const;
    new AppLogger({ ...options, redactor, console: standardError.write }).fatal(...told);
  },
});

function readConfig(): AppConfig {
  const config = readCommandConfig();
  redactor = config.redactor;
  return config;
}

const running = runCli(process.argv.slice(2), readConfig, io);
void mustFinish(running, standardError.write).then((code) => {
  process.exitCode ??= code;
  // A command whose start failed cannot close what it had opened by then, such as a simulator of its own.
  setTimeout(() => process.exit(), LONGEST_END_MS).unref();
});
