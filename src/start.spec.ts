import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config/load-config';
import { removeDirectory } from '../test/support/remove-directory';
import { AppLogger } from './logging/app-logger';
import { startApi, StartError } from './start';

describe('startApi', () => {
  let directory: string;
  let lines: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kis-start-'));
    lines = [];
  });

  afterEach(() => {
    removeDirectory(directory);
  });

  function start(env: Record<string, string> = {}) {
    const config = loadConfig({
      ...{
        KIS_SIMULATOR: 'true',
        SIMULATOR_MOCK_PORT: '0',
        KIS_TOKEN_DIR: directory,
        LOG_FILE: '',
        PORT: '0',
      },
      ...env,
    });
    return startApi(config, AppLogger.from(config, { console: (text) => lines.push(text) }));
  }

  it('logs which addresses to open, and that figures are invented', async () => {
    const app = await start();
    const url = await app.getUrl();
    const said = lines.filter((line) => line.includes('[App]')).join('');
    for (const address of [
      `${url}/\n`,
      `${url}/docs\n`,
      `curl ${url}/api/accounts/main/balance\n`,
      '/__sim (all figures are invented',
    ]) {
      expect(said).toContain(address);
    }
    await app.close();
  });

  it('shows how to send the API key, and not the key', async () => {
    const app = await start({ API_KEY: 'correct-horse-battery-staple' });
    expect(lines.join('')).toContain('curl -H "X-API-Key: $API_KEY" http');
    expect(lines.join('')).not.toContain('correct-horse');
    await app.close();
  });

  it('names the variable when the gateway cannot have its port', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const starting = start({ KIS_GATEWAY: 'true', KIS_GATEWAY_MOCK_PORT: String(port) });
    await expect(starting).rejects.toThrow(StartError);
    await expect(starting).rejects.toThrow(
      `The gateway cannot have port ${port}: another program listens on it. Choose another one with KIS_GATEWAY_MOCK_PORT`,
    );
    expect(lines.join('')).not.toContain('[TokenManager]');
    other.close();
  });

  it('passes on what is odd about the configuration', async () => {
    const app = await start({ KIS_TOKN_DIR: '/tmp' });
    expect(lines.join('')).toMatch(/WARNING - \[Config\] KIS_TOKN_DIR: is not known/);
    await app.close();
  });

  it('keeps quiet about modules and routes', async () => {
    const app = await start();
    expect(lines.join('')).not.toMatch(/InstanceLoader|RouterExplorer|RoutesResolver/);
    await app.close();
  });

  it('names the port that another program has and the next step', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const failure: unknown = await start({ PORT: String(port) }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure).toMatchObject({ message: expect.stringContaining(`port ${port} of 127.0.0.1`) });
    expect(failure).toMatchObject({ message: expect.stringContaining('PORT=') });
    other.close();
    await once(other, 'close');
  });

  it('names an address that this machine does not have', async () => {
    const env = { HOST: '192.0.2.1', API_KEY: 'correct-horse-battery-staple' };
    await expect(start(env)).rejects.toThrow(/192\.0\.2\.1 is not an address of this machine/);
  });
});
