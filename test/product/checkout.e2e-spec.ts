import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Checkout } from '../support/checkout';
import { freePort } from '../support/free-port';
import { DEMO, StartedProcess } from '../support/product';

/** Several builds. */
const LIMIT_MS = 300_000;
const NOBODY = 65_534;

describe('A checkout', () => {
  it(
    'has its command linked before the first build, and keeps it through every build',
    async () => {
      const checkout = new Checkout({ built: false });
      const { home } = checkout;
      expect(await checkout.run(['link'])).toMatchObject({ code: 0 });
      const kis = home.locate('~/.npm-global/bin/kis');
      const accounts = async () => {
        const { code, stdout } = await StartedProcess.start(kis, ['accounts'], { env: DEMO }).outcome(
          120_000,
        );
        expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('5011****-01') });
      };
      await accounts();

      checkout.edit('src/main.ts');
      home.write('dist/of-a-source-that-is-gone.js', '');
      mkdirSync(home.locate('.preparing')); // Left behind by a command that was killed at its very first step.
      expect(await checkout.run(['run', '-s', 'prekis'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
      expect(home.has('dist/of-a-source-that-is-gone.js')).toBe(false);
      expect(home.has('.preparing')).toBe(false);
      await accounts();

      home.write('src/wrong.ts', 'export const wrong: number = "text";\n');
      const { code, stderr } = await checkout.run(['run', '-s', 'prekis']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('src/wrong.ts') });
    },
    LIMIT_MS,
  );

  it(
    'restarts under npm run dev after another command has built it',
    async () => {
      const checkout = new Checkout({ built: false });
      const env = { ...DEMO, PORT: String(await freePort()) };
      const developing = checkout.start(['run', '-s', 'dev'], { env });
      await developing.untilWritten('Status page', 120_000);
      checkout.edit('src/boot-noise.ts'); // Compiling it while developing leaves dist/main.js older: the build is stale.
      expect(await checkout.run(['run', '-s', 'kis', '--', 'accounts'], { env })).toMatchObject({ code: 0 });
      checkout.edit('src/start.ts', (text) => text.replace('Status page', 'Page of status'));
      await developing.untilWritten('Page of status', 60_000);
      const page = await fetch(`http://127.0.0.1:${env.PORT}/status.js`);
      expect(await page.text()).toContain('import {');
      await developing.kill();
    },
    LIMIT_MS,
  );

  it.each(['start', 'simulator'])(
    'ends with npm, also when only npm gets the signal: npm run %s',
    async (script) => {
      const checkout = new Checkout({ built: true });
      const [port, mock, real, ...sockets] = await Promise.all(Array.from({ length: 5 }, freePort));
      const ports = {
        PORT: String(port),
        SIMULATOR_MOCK_PORT: String(mock),
        SIMULATOR_REAL_PORT: String(real),
        SIMULATOR_MOCK_SOCKET_PORT: String(sockets[0]),
        SIMULATOR_REAL_SOCKET_PORT: String(sockets[1]),
      };
      const npm = checkout.start(['run', script], { env: { ...DEMO, ...ports } });
      await npm.untilAnswering(`http://127.0.0.1:${mock}/__sim`);
      process.kill(npm.pid, 'SIGTERM');
      // Its output is open as long as a process that it has started runs.
      await npm.outcome();
      await expect(fetch(`http://127.0.0.1:${mock}/__sim`)).rejects.toThrow('fetch failed');
    },
    LIMIT_MS,
  );

  it(
    'runs where it cannot be written, once it is built',
    async () => {
      const checkout = new Checkout({ built: true });
      const { home } = checkout;
      chmodSync(dirname(home.cwd), 0o755);
      const port = String(await freePort());
      const isRoot = process.getuid?.() === 0;
      if (isRoot) chownSync(home.path, NOBODY, NOBODY);
      else chmodSync(home.cwd, 0o555);
      const asNobody = ['setpriv', `--reuid=${NOBODY}`, '--clear-groups', 'npm', 'start'];
      const started = StartedProcess.start('env', isRoot ? asNobody : ['npm', 'start'], {
        env: { ...DEMO, PORT: port },
        home,
        group: true,
      });
      await started.untilAnswering(`http://127.0.0.1:${port}/health/live`);
      expect(started.stdout).toMatch(/log file cannot be written \(EACCES/);
      await started.kill();
      chmodSync(home.cwd, 0o755);
    },
    LIMIT_MS,
  );
});
