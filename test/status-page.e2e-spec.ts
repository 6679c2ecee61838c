import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { RunningApi } from './support/running-api';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--virtual-time-budget=10000',
];

/** A browser of this machine; where there is none, the tests are skipped in plain sight, and in CI they fail. */
const browser = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => BROWSERS.map((name) => join(folder, name)))
  .find((path) => existsSync(path));
const inBrowser = browser === undefined && process.env['CI'] === undefined ? it.skip : it;

describe('The status page in a browser', () => {
  let api: RunningApi;
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'kis-page-'));
  });

  afterEach(async () => {
    await api.close();
    await rm(home, { recursive: true, force: true });
  });

  async function start(env: Record<string, string> = {}): Promise<void> {
    api = await RunningApi.start({
      env: { KIS_SIMULATOR: 'true', SIMULATOR_MOCK_PORT: '0', KIS_TOKEN_DIR: join(home, 'tokens'), ...env },
    });
  }

  /** The page as it stands after its scripts have run, with what the browser complained of. */
  async function shown(): Promise<{ page: string; complaints: string }> {
    if (browser === undefined) throw new Error('There is no browser on this machine: install chromium.');
    const { stdout, stderr } = await promisify(execFile)(
      browser,
      [
        ...FLAGS,
        '--enable-logging=stderr',
        '--dump-dom',
        `--user-data-dir=${join(home, 'browser')}`,
        `${api.url}/`,
      ],
      { timeout: 60_000, maxBuffer: 10_000_000 },
    );
    return {
      page: stdout,
      complaints: stderr
        .split('\n')
        .filter((line) => line.includes('CONSOLE'))
        .join('\n'),
    };
  }

  inBrowser(
    'shows account, holdings and token, marked as simulated, and no secret',
    async () => {
      await start();
      const { page, complaints } = await shown();
      for (const words of ['5011****-01', '삼성전자', 'SIMULATED', 'fresh', 'PStoMm5NMd…'])
        expect(page).toContain(words);
      expect(page).not.toMatch(/eyJ[\w-]{10,}\./);
      expect(complaints).toBe('');
    },
    90_000,
  );

  inBrowser(
    'asks for the API key where one is set, and shows no figures without it',
    async () => {
      await start({ API_KEY: 'a-key-of-our-own' });
      const { page } = await shown();
      expect(page).toMatch(/API key/i);
      expect(page).not.toContain('삼성전자');
    },
    90_000,
  );
});
