import { TestSimulator } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
beforeEach(async () => {
  server = await TestSimulator.open();
});
afterEach(() => server.close());

const change = (headers: Record<string, string>) =>
  server.ask('mock', '/__sim/settings', { method: 'PATCH', headers, body: { holdings: 7 } });

/** Headers, of which PORT stands for the port of the host. */
const here = (headers: Record<string, string>): Record<string, string> => {
  const { port } = new URL(server.simulator.mockUrl ?? '');
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]),
  );
};

describe('the controls', () => {
  it.each<[string, Record<string, string>]>([
    ['a program', {}],
    ['a program that names localhost', { Host: 'localhost:PORT' }],
    ['a program that names an address of this machine', { Host: '[::1]:PORT' }],
    ['their own page', { Origin: 'http://127.0.0.1:PORT', 'Sec-Fetch-Site': 'same-origin' }],
    ['a person who types the address', { 'Sec-Fetch-Site': 'none' }],
  ])('serve %s', async (_who, headers) => {
    expect((await change(here(headers))).status).toBe(200);
    expect(server.simulator.settings.holdings).toBe(7);
  });

  it.each<[string, number, Record<string, string>]>([
    ['a name that leads here', 421, { Host: 'evil.example' }],
    ['such a name with the right port', 421, { Host: 'evil.example:PORT' }],
    ['a name that looks like an address', 421, { Host: '127.0.0.1.evil.example' }],
    ['a page of another site', 403, { Origin: 'http://evil.example' }],
    ['a page without an origin', 403, { Origin: 'null' }],
    ['a page at another port of this machine', 403, { Origin: 'http://127.0.0.1:1' }],
    ['a page that shows no origin', 403, { 'Sec-Fetch-Site': 'cross-site' }],
    ['a page of a sibling', 403, { 'Sec-Fetch-Site': 'same-site' }],
  ])('refuse %s', async (_who, status, headers) => {
    const before = server.simulator.settings.holdings;
    for (const path of ['/__sim', '/__sim/requests', '/__sim/nothing']) {
      expect((await server.ask('real', path, { headers: here(headers) })).status).toBe(status);
    }
    expect((await change(here(headers))).json).toEqual({ error: expect.stringContaining('controls') });
    expect(server.simulator.settings.holdings).toBe(before);
  });
});

describe('the calls of KIS', () => {
  it('are open under every name, for programs that are pointed here in other ways', async () => {
    const { appKey, appSecret } = server.demo('mock');
    const body = { grant_type: 'client_credentials', appkey: appKey, appsecret: appSecret };
    const headers = { Host: 'openapivts.koreainvestment.com:29443' };
    const { status } = await server.ask('mock', '/oauth2/tokenP', { method: 'POST', headers, body });
    expect(status).toBe(200);
  });

  it.each(['cross-site', 'same-site'])('are refused to a page whose browser says %s', async (site) => {
    const { appKey, appSecret } = server.demo('mock');
    const body = { grant_type: 'client_credentials', appkey: appKey, appsecret: appSecret };
    const headers = { 'Sec-Fetch-Site': site };
    const { status } = await server.ask('mock', '/oauth2/tokenP', { method: 'POST', headers, body });
    expect(status).toBe(403);
    expect((await server.ask('mock', '/oauth2/tokenP', { method: 'POST', body })).status).toBe(200);
  });
});
