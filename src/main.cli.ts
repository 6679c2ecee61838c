#!/usr/bin/env node
import { runCli } from './cli/run-cli';
import { readConfig } from './config/load-config';

const io = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
};

void runCli(process.argv.slice(2), readConfig, io).then((code) => {
  process.exitCode = code;
});
