#!/usr/bin/env node
// The command `kis` of a linked checkout. It is not part of the build, so that it is there before the first build and
// stays executable whatever is built.
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const program = join(root, 'dist', 'main.cli.js');

if (!existsSync(program)) {
  const prepare = join(root, 'scripts', 'prepare.mjs');
  const { status } = spawnSync(process.execPath, [prepare, '--build'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1); // It has said why.
}
require(program);
