import { cpSync, mkdirSync, readdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from './home';
import { PROJECT } from './project';
import { StartedProcess, type Outcome, type ProcessOptions } from './started-process';

/** A copy of the checkout, for tests that build, link or change it. */

const SOURCES = [
  ...['bin', 'scripts', 'src', '.env', '.npmrc', '.swcrc', 'nest-cli.json', 'package.json'],
  ...['package-lock.json', 'tsconfig.json', 'tsconfig.declarations.json', 'docs', 'README.md', 'LICENSE'],
];

/** A build on a busy machine. */
const LONGEST_RUN_MS = 120_000;

/** A copy of this checkout, with the installed packages of this one, for tests that build, link or change it. */
export class Checkout {
  readonly home = new Home();

  /** @param built whether the build is copied too. */
  constructor({ built }: { readonly built: boolean }) {
    for (const name of built ? [...SOURCES, 'dist'] : SOURCES)
      cpSync(join(PROJECT, name), this.home.locate(name), { recursive: true, preserveTimestamps: true });
    this.linkPackages();
    // Folders of the copy are new, so the build would seem stale.
    if (built) utimesSync(this.home.locate('dist/main.js'), new Date(), new Date());
    // Older than the installation, whatever version control did to it: nothing must be installed into this checkout.
    utimesSync(this.home.locate('package-lock.json'), 0, 0);
  }

  /** One link a package: an installation into this checkout would remove the links, and not the packages. */
  private linkPackages(): void {
    const from = join(PROJECT, 'node_modules');
    const to = this.home.locate('node_modules');
    mkdirSync(to);
    for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name));
  }

  /** `npm …` in this checkout, with a global prefix of its own: `~/.npm-global`. */
  start(args: readonly string[], options: ProcessOptions = {}): StartedProcess {
    const env = {
      npm_config_prefix: this.home.locate('~/.npm-global'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      ...options.env,
    };
    return StartedProcess.start('npm', args, { ...options, env, home: this.home, group: true });
  }

  run(args: readonly string[], options: ProcessOptions = {}): Promise<Outcome> {
    return this.start(args, options).outcome(LONGEST_RUN_MS);
  }

  /** Changes a source, so that the build is stale. */
  edit(path: string, change: (text: string) => string = (text) => `${text}\n`): void {
    this.home.write(path, change(this.home.read(path)));
  }
}
