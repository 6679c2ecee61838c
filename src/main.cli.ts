#!/usr/bin/env node
import { runCli } from './cli/run-cli';
import { readCommandConfig } from './config/load-config';

const io = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
};

// The reader of a pipe may leave before the end (`kis balance | head -1`), and a disk may be full: the command still
// finishes its work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1;
  });
}

void runCli(process.argv.slice(2), readCommandConfig, io).then((code) => {
  process.exitCode ??= code;
});
