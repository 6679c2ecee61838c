import { TestSimulator } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
beforeEach(async () => {
  server = await TestSimulator.open();
});
afterEach(() => server.close());

const issue = (body: unknown) => server.ask('mock', '/oauth2/tokenP', { method: 'POST', body });

describe('what the simulator keeps', () => {
  it('is none of a body that is too long, and the connection goes on', async () => {
    const heard = await issue(`{"appkey":"${'x'.repeat(20_000_000)}"}`);
    expect(heard).toMatchObject({
      status: 413,
      json: { error: expect.stringContaining('65536 bytes') as string },
    });
    expect(server.simulator.requests.length).toBe(0);
    expect((await server.requestToken('mock')).status).toBe(200);
  });

  it('is a bounded log of requests, the last of them', async () => {
    const text = 'x'.repeat(60_000);
    for (let call = 0; call < 400; call += 1) await issue(JSON.stringify({ call, text }));
    const { all, length } = server.simulator.requests;
    expect(all.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(20_000_000);
    expect(length).toBeGreaterThan(250);
    expect(all.at(-1)?.body).toContain('"call":399');
    expect(all.map(({ status }) => status)).not.toContain(0);
  });

  it('is the beginning of an app key that is none', async () => {
    await issue({ appkey: 'y'.repeat(60_000) });
    expect(server.simulator.issuesOf('y'.repeat(40))).toHaveLength(1);
  });
});
