import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home';
import { PROJECT } from './project';

/** An empty Nest application that installs the packed library, as a user of it does. */

interface Manifest {
  readonly version: string;
  readonly bin: object;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** The strictest options of a new Nest 11 application. */
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    isolatedModules: true,
    declaration: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    target: 'ES2023',
    types: ['node'],
    typeRoots: [join(PROJECT, 'node_modules', '@types')],
    outDir: './dist',
    rootDir: './src',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  },
  include: ['src'],
};

/** Of what runs this test npm needs its cache and its registry, and must not take this project for the application. */
const NPM_SETTINGS = /^npm_(?!config_(cache|registry|userconfig|globalconfig)$)/i;

/** A Nest application with nothing in it but the package of this project, installed from a tarball. */
export class HostApplication {
  private readonly project = read('package.json') as Manifest;
  private readonly lock = read('package-lock.json') as Lock;

  constructor(
    private readonly home: Home,
    /** Name of the tarball in the home's working directory. */
    private readonly tarball: string,
  ) {}

  get path(): string {
    return this.home.locate('my-app');
  }

  write(file: string, text: string): void {
    this.home.write(`my-app/${file}`, text);
  }

  /** The version that this project is tested with. */
  versionOf(name: string): string {
    return this.lock.packages[`node_modules/${name}`]?.version ?? '';
  }

  /**
   * Installs the tarball and its peers, in the versions of this project: npm has those in its cache, so nothing is fetched.
   */
  install(...others: readonly string[]): void {
    const source = `file:../${this.tarball}`;
    const { version, bin, engines, dependencies, peerDependencies } = this.project;
    const names = [...Object.keys(peerDependencies), ...others];
    const wanted = Object.fromEntries(names.map((name) => [name, this.versionOf(name)]));
    const root = { name: 'my-app', private: true, dependencies: { 'kis-trading-api': source, ...wanted } };
    const content = readFileSync(this.home.locate(this.tarball));
    const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    const own = { version, resolved: source, integrity, bin, engines, dependencies, peerDependencies };
    const packages = { '': root, 'node_modules/kis-trading-api': own, ...this.installedPackages() };
    this.write('package.json', JSON.stringify(root));
    this.write('package-lock.json', JSON.stringify({ name: 'my-app', lockfileVersion: 3, packages }));
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NPM_SETTINGS.test(name)));
    const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['ci', ...flags], { cwd: this.path, env, shell: process.platform === 'win32' });
  }

  /** Puts another version of a package in place, which this project has under an alias. */
  replace(name: string, alias: string): void {
    const place = join(this.path, 'node_modules', name);
    rmSync(place, { recursive: true });
    cpSync(join(PROJECT, 'node_modules', alias), place, { recursive: true });
  }

  /** Compiles `src`; the complaints about it and, unless skipped, about the declarations of the package. */
  compile({ skipLibCheck = false } = {}): string[] {
    const compilerOptions = { ...TSCONFIG.compilerOptions, skipLibCheck };
    this.write('tsconfig.json', JSON.stringify({ ...TSCONFIG, compilerOptions }));
    const compiler = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', this.path, '--pretty', 'false'], {
      cwd: this.path,
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => /^(src|node_modules\/kis-trading-api)\//.test(line));
  }

  private installedPackages(): Record<string, object> {
    const locked = Object.entries(this.lock.packages).filter(
      ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
    );
    return Object.fromEntries(locked.map(([path, entry]) => [path, { ...entry, peer: undefined }]));
  }
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(PROJECT, file), 'utf8'));
}
