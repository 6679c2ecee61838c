import { portsFrom } from './simulator-process';

describe('The ports of the simulator', () => {
  const KIS = { realPort: 9443, mockPort: 29443, realSocketPort: 21000, mockSocketPort: 31000 };

  it.each([
    [{}, KIS],
    [{ SIMULATOR_REAL_PORT: '9443', SIMULATOR_MOCK_PORT: '29443' }, KIS],
    [{ SIMULATOR_REAL_PORT: '1234' }, { ...KIS, realPort: 1234, realSocketPort: null }],
    [
      { SIMULATOR_MOCK_PORT: '0', SIMULATOR_MOCK_SOCKET_PORT: '5' },
      { ...KIS, mockPort: 0, mockSocketPort: 5 },
    ],
  ])('with %j', (environment, ports) => {
    expect(portsFrom(environment)).toEqual(ports);
  });

  it.each(['65536', '-1', 'http'])('cannot be %s', (SIMULATOR_REAL_PORT) => {
    expect(() => portsFrom({ SIMULATOR_REAL_PORT })).toThrow(/^SIMULATOR_REAL_PORT must be a port number/);
  });
});
