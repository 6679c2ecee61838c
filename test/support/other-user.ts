import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Home, type HomeOptions } from './home';
import { built } from './project';
import { StartedProcess } from './started-process';

/** Runs the product as another user of the machine. */

/** A user without rights: root, as whom tests may run, is bound by no mode. */
export const NOBODY = 65_534;

/** Runs the product as {@link NOBODY}, in a home of that user; for tests that run as root. */
export class OtherUser {
  readonly home: Home;

  constructor(options: HomeOptions = {}) {
    this.home = new Home(options);
    chmodSync(dirname(this.home.path), 0o755);
    mkdirSync(this.home.locate('~/tmp'));
    for (const path of [this.home.path, this.home.cwd, this.home.locate('~/tmp')])
      chownSync(path, NOBODY, NOBODY);
  }

  /** Starts a built file, such as `main.cli.js`. */
  start(file: string, args: readonly string[], env: Readonly<Record<string, string>>): StartedProcess {
    const rights = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    return StartedProcess.start('setpriv', [...rights, process.execPath, built(file), ...args], {
      env: { TMPDIR: this.home.locate('~/tmp'), ...env },
      home: this.home,
    });
  }

  kis(args: readonly string[], env: Readonly<Record<string, string>>): ReturnType<StartedProcess['outcome']> {
    return this.start('main.cli.js', args, env).outcome();
  }
}
