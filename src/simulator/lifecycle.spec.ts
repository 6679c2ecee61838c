import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { DEMO_ACCOUNTS, runSimulator, startSimulator } from './index';
import { ask, TestSimulator, credentials, strangerKeys } from '../../test/support/simulator/test-simulator';
import { startMessage } from './start-message';

describe('starting and stopping', () => {
  it('listens on both hosts, or on the one asked for', async () => {
    const both = await startSimulator({ realPort: 0, mockPort: 0 });
    expect((await ask(`${both.realUrl ?? ''}/__sim`)).status).toBe(200);
    expect((await ask(`${both.mockUrl ?? ''}/__sim`)).status).toBe(200);
    expect(both.realUrl).not.toBe(both.mockUrl);
    await both.stop();

    const mockOnly = await startSimulator({ realPort: null, mockPort: 0 });
    expect(mockOnly.realUrl).toBeNull();
    await mockOnly.stop();
  });

  it.each([
    ['real', 'SIMULATOR_REAL_PORT'],
    ['mock', 'SIMULATOR_MOCK_PORT'],
  ])('says which port of the %s host is taken and what to change', async (host, variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const ports = host === 'real' ? { realPort: port, mockPort: 0 } : { realPort: 0, mockPort: port };
    await expect(startSimulator(ports)).rejects.toThrow(
      `The KIS simulator cannot listen on 127.0.0.1:${port} for its ${host} host: the port is in use by another ` +
        `program. Stop what uses port ${port}, or set ${variable} to a free one.`,
    );
    other.close();
  });

  it('refuses wrong first settings', async () => {
    await expect(startSimulator({ realPort: 0, settings: { holdings: -1 } })).rejects.toThrow(
      '"holdings" must be',
    );
  });

  it('stops at once, also with a connection kept alive, and more than once', async () => {
    const simulator = await startSimulator({ realPort: null, mockPort: 0 });
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(`${simulator.mockUrl ?? ''}/__sim`, { agent }), 'response')) as [
      NodeJS.ReadableStream,
    ];
    response.resume();
    await once(response, 'end');
    await simulator.stop();
    await simulator.stop();
    await expect(ask(`${simulator.mockUrl ?? ''}/__sim`)).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });
});

describe('the demo accounts', () => {
  it.each(['real', 'mock'] as const)('have keys of the right lengths at the %s host', (host) => {
    const { appKey, appSecret, accountNumber, accountCode } = DEMO_ACCOUNTS[host];
    expect([appKey.length, appSecret.length, accountNumber.length, accountCode]).toEqual([36, 180, 8, '01']);
  });

  it('have the numbers and the key that the documents name', () => {
    expect(DEMO_ACCOUNTS.mock.appKey.startsWith('PStoMm5NMd')).toBe(true);
    expect([DEMO_ACCOUNTS.mock.accountNumber, DEMO_ACCOUNTS.real.accountNumber]).toEqual([
      '50112345',
      '50012345',
    ]);
  });
});

describe('the simulator as a process', () => {
  afterEach(() => {
    process.exitCode = undefined;
    jest.restoreAllMocks();
  });

  it('names both addresses, the demo keys, what to configure, and the controls', async () => {
    const simulator = await startSimulator({ realPort: 0, mockPort: 0 });
    const message = startMessage(simulator);
    for (const part of [
      simulator.realUrl ?? '',
      `KIS_BASE_URL=${simulator.mockUrl ?? ''}`,
      `KIS_APP_KEY=${DEMO_ACCOUNTS.mock.appKey}`,
      `my_sec: "${DEMO_ACCOUNTS.real.appSecret}"`,
      'PATCH  /__sim/settings',
    ]) {
      expect(message).toContain(part);
    }
    await simulator.stop();
  });

  it.each(['abc', '70000', '-1', '1.5'])('does not start on the port %s', async (port) => {
    const said = jest.spyOn(console, 'error').mockImplementation();
    await runSimulator({ SIMULATOR_MOCK_PORT: port });
    expect(said).toHaveBeenCalledWith(
      'SIMULATOR_MOCK_PORT must be a port number from 0 (any free port) to 65535.',
    );
    expect(process.exitCode).toBe(1);
  });
});

describe('a restart of the simulator', () => {
  it('keeps the tokens it has issued, until they expire', async () => {
    const before = await TestSimulator.open();
    const keys = strangerKeys('restart');
    const [demoToken, strangerToken] = [await before.token('mock'), await before.token('mock', keys)];
    await before.close();

    const after = await TestSimulator.open();
    expect((await after.balance('mock', demoToken)).status).toBe(200);
    const asked = { headers: credentials(keys, strangerToken), query: { CANO: '50999999' } };
    expect((await after.balance('mock', strangerToken, asked)).status).toBe(200);
    after.pass(86_400);
    expect((await after.balance('mock', demoToken)).json['msg_cd']).toBe('EGW00123');
    await after.close();
  });

  it('kills tokens of an earlier run as well', async () => {
    const before = await TestSimulator.open();
    const token = await before.token('mock');
    await before.close();

    const after = await TestSimulator.open();
    after.pass(1);
    after.simulator.killAllTokens();
    expect((await after.balance('mock', token)).json['msg_cd']).toBe('EGW00121');
    const fresh = await after.token('mock');
    expect((await after.balance('mock', fresh)).status).toBe(200);
    await after.close();
  });
});
