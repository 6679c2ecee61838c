import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Checkout } from '../support/checkout';
import { HostApplication } from '../support/host-application';
import { StartedProcess, type Outcome } from '../support/product';
import { PROJECT } from '../support/project';
import { codeBlock, codeBlocks } from '../support/manual';

const PEERS = [
  ...['@nestjs/axios', '@nestjs/common', '@nestjs/core', '@nestjs/schedule'],
  ...['axios', 'reflect-metadata', 'rxjs'],
];

const MAIN = `
import { NestFactory } from '@nestjs/core';
import { startSimulator } from 'kis-trading-api/simulator';
import { ExampleModule, Prices } from './example.module';

async function main(): Promise<void> {
  const simulator = await startSimulator({ realPort: null, mockPort: 0 });
  const { appKey, appSecret, accountNumber, accountCode } = simulator.demo.mock;
  process.env['KIS_APP_KEY'] = appKey;
  process.env['KIS_APP_SECRET'] = appSecret;
  process.env['KIS_ACCOUNT_NUMBER'] = \`\${accountNumber}-\${accountCode}\`;
  process.env['KIS_BASE_URL'] = simulator.mockUrl ?? '';
  const app = await NestFactory.createApplicationContext(ExampleModule, { logger: false });
  const prices = app.get(Prices);
  const [price, deposit] = [await prices.price('005930'), await prices.deposit()];
  const authorization = await prices.authorization();
  await app.close();
  await simulator.stop();
  console.log(JSON.stringify({ price, deposit, authorization }));
}

void main();
`;

const MODULES = `
import { KisModule } from 'kis-trading-api';
import { startSimulator } from 'kis-trading-api/simulator';
import { describeKisTokenStore } from 'kis-trading-api/testing';
console.log(typeof KisModule, typeof startSimulator, typeof describeKisTokenStore);
`;

/** The package that `npm pack` makes, in an application that has nothing else. */
describe('The package of the library', () => {
  const commands = codeBlock('english', 'bash', 'npm pack');
  const checkout = new Checkout({ built: true });
  const { home } = checkout;
  let host: HostApplication;
  let files: string[];

  beforeAll(async () => {
    const packed = await checkout.run(['pack', '--json', '--loglevel=error']);
    expect(packed).toMatchObject({ code: 0 });
    const [tarball = ''] = /[\w.-]+\.tgz/.exec(packed.stdout) ?? [];
    files = execFileSync('tar', ['-tzf', home.locate(tarball)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    host = new HostApplication(home, tarball);
    host.install('@nestjs/config');
    host.write('src/example.module.ts', example());
    host.write('src/main.ts', MAIN);
    for (const [index, { language, text }] of codeBlocks('library').entries())
      if (language === 'ts')
        host.write(`src/page-${index}${text.includes('/testing') ? '.spec' : ''}.ts`, text);
  }, 300_000);

  it('holds the product and none of its tests', () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(commands).toContain(`kis-trading-api-${version}.tgz`);
    expect(files).toEqual(
      expect.arrayContaining(['package/README.md', 'package/docs/library.md', 'package/LICENSE']),
    );
    expect(
      files.filter((file) => /\.(spec|e2e-spec)\.|\.map$|\.env|^package\/(src|test)\//.test(file)),
    ).toEqual([]);
  });

  it('holds every module that one of its own loads', () => {
    const loads = files
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) =>
        modulesLoadedBy(
          file,
          readFileSync(
            join(host.path, 'node_modules', 'kis-trading-api', file.replace(/^package\//, '')),
            'utf8',
          ),
        ),
      );
    expect(loads.length).toBeGreaterThan(1_000);
    const held = (file: string): boolean =>
      [file, `${file}.js`, `${file}/index.js`].some((name) => files.includes(name));
    expect(loads.filter((file) => !held(file))).toEqual([]);
  });

  it('is installed with the versions that the README names, and shares its peers with the application', () => {
    const named = Array.from(commands.matchAll(/ (\S+)@([\d.]+)(?=\s|$)/g), ([, name = '', version]) => [
      name,
      version,
    ]);
    expect(named.length).toBeGreaterThan(4);
    expect(named).toEqual(named.map(([name = '']) => [name, host.versionOf(name)]));
    const { peerDependencies } = JSON.parse(
      readFileSync(join(host.path, 'node_modules', 'kis-trading-api', 'package.json'), 'utf8'),
    ) as { peerDependencies: object };
    expect(Object.keys(peerDependencies).sort()).toEqual(PEERS);
    expect(existsSync(join(host.path, 'node_modules', 'kis-trading-api', 'node_modules'))).toBe(false);
  });

  it('compiles strictly, with all examples, and works', async () => {
    expect(host.compile()).toEqual([]);
    expect(await run(join(host.path, 'dist', 'main.js'))).toEqual(WORKING);
  });

  it('runs the contract of token stores in the application', async () => {
    const jest = join(PROJECT, 'node_modules', 'jest', 'bin', 'jest.js');
    const options = ['--rootDir', host.path, '--config', '{"testMatch": ["**/dist/*.spec.js"]}'];
    const { code, stderr } = await run(jest, ...options);
    expect(stderr).toMatch(/Tests: +\d{2,} passed/);
    expect(code).toBe(0);
  });

  it('can be imported by ES modules', async () => {
    host.write('modules.mjs', MODULES);
    expect(await run(join(host.path, 'modules.mjs'))).toMatchObject({
      code: 0,
      stdout: 'function function function\n',
    });
  });

  it('brings the command kis', async () => {
    const command = join(host.path, 'node_modules', '.bin', 'kis');
    expect(statSync(command).mode & 0o111).toBe(0o111);
    expect(await run(command, '--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('kis token'),
    });
  });

  it('works with the other versions of @nestjs/axios and axios that it takes', async () => {
    host.replace('@nestjs/axios', 'nestjs-axios-12');
    host.replace('axios', 'axios-1.15');
    expect(host.compile({ skipLibCheck: true })).toEqual([]);
    expect(await run(join(host.path, 'dist', 'main.js'))).toEqual(WORKING);
  });

  const run = (file: string, ...args: string[]): Promise<Outcome> =>
    StartedProcess.start(process.execPath, [file, ...args], { home }).outcome(60_000);
});

const WORKING = {
  code: 0,
  signal: null,
  stderr: '',
  stdout: expect.stringMatching(/^\{"price":"\d+","deposit":"50000000","authorization":"Bearer eyJ.*"\}\n$/),
};

/** What a module of the package loads by a relative path, by its names in the tarball. */
function modulesLoadedBy(file: string, content: string): string[] {
  return Array.from(content.matchAll(/\b(?:require|import)\(["'](\.[^"']*)["']\)/g), ([, path = '']) =>
    posix.join(posix.dirname(file), path),
  );
}

/** As the README has it, but with the simulator for KIS. */
function example(): string {
  const address = "baseUrl: config.getOrThrow<string>('KIS_BASE_URL'),";
  return codeBlock('english', 'ts', 'KisModule').replace("mode: 'MOCK',", `mode: 'MOCK', ${address}`);
}
