import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator';
import { Home, StartedProcess } from '../support/product';
import { PROJECT } from '../support/project';
import { codeBlock } from '../support/readme';

/** The compiler options of a new Nest 11 application. */
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    esModuleInterop: true,
    isolatedModules: true,
    declaration: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    target: 'ES2023',
    types: ['node'],
    outDir: './dist',
    rootDir: './src',
    skipLibCheck: true,
    strictNullChecks: true,
  },
  include: ['src'],
};

const IMPORT = /(?:from |import\()'([^.'][^']*)'/g;
/** Every Nest application has them. */
const PACKAGES_OF_NEST = ['@nestjs/common'];

const MAIN = `
import { NestFactory } from '@nestjs/core';
import { ExampleModule, Prices } from './example.module';

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(ExampleModule, { logger: false });
  const prices = app.get(Prices);
  const [price, deposit] = [await prices.price('005930'), await prices.deposit()];
  const authorization = await prices.authorization();
  console.log(JSON.stringify({ price, deposit, authorization }));
  await app.close();
}

void main();
`;

/** The library, copied and used as the README says, in an application of its own. */
describe('The library example of the README', () => {
  const [copy = '', install = ''] = codeBlock('README.md', 'bash', 'my-app').split('\n');
  const installed = new Map(
    Array.from(install.matchAll(/ (\S+)@([\d.]+)(?= |$)/g), ([, name = '', version = '']) => [name, version]),
  );
  let simulator: Simulator;
  let home: Home;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
    home = new Home();
  });

  afterAll(() => simulator.stop());

  it('names the versions with which the library is tested', () => {
    const { dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(installed.size).toBeGreaterThan(5);
    expect([...installed]).toEqual([...installed.keys()].map((name) => [name, dependencies[name]]));
  });

  it('compiles in a new Nest application and works', async () => {
    const app = home.locate('my-app');
    mkdirSync(join(app, 'src'), { recursive: true });
    symlinkSync(PROJECT, home.locate('kis-trading-api'));
    execFileSync('bash', ['-c', copy], { cwd: dirname(app) });
    symlinkSync(join(PROJECT, 'node_modules'), join(app, 'node_modules'));
    expect(packagesIn(join(app, 'src')).filter((name) => !installed.has(name))).toEqual(PACKAGES_OF_NEST);
    // The example talks to KIS itself.
    const baseUrl = `mode: 'MOCK', baseUrl: '${simulator.mockUrl ?? ''}',`;
    home.write('my-app/src/example.module.ts', example().replace("mode: 'MOCK',", baseUrl));
    home.write('my-app/src/main.ts', MAIN);
    home.write('my-app/tsconfig.json', JSON.stringify(TSCONFIG));
    home.write('my-app/package.json', '{"name": "my-app", "private": true}');
    execFileSync(process.execPath, [join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', app]);

    const { appKey, appSecret, accountNumber, accountCode } = simulator.demo.mock;
    const env = {
      KIS_APP_KEY: appKey,
      KIS_APP_SECRET: appSecret,
      KIS_ACCOUNT_NUMBER: `${accountNumber}-${accountCode}`,
    };
    const main = join(app, 'dist', 'main.js');
    const { code, stdout, stderr } = await StartedProcess.start(process.execPath, [main], {
      home,
      env,
    }).outcome();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      price: expect.stringMatching(/^\d+$/),
      deposit: '50000000',
      authorization: expect.stringMatching(/^Bearer eyJ/),
    });
  }, 60_000);
});

/** What the sources import beside each other and Node. */
function packagesIn(folder: string): string[] {
  const imports = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      Array.from(readFileSync(join(folder, file), 'utf8').matchAll(IMPORT), ([, name = '']) => name),
    );
  return [...new Set(imports)].filter((name) => !name.startsWith('node:')).sort();
}

function example(): string {
  return codeBlock('README.md', 'ts', 'KisModule');
}
