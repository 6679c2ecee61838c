import { DEMO, Product, runKis, runScript } from '../support/product';

const BALANCE = '/api/accounts/main/balance';

describe('The built product', () => {
  it('starts as it is shipped, answers, and ends by the signal that stops it, with nothing to complain of', async () => {
    const product = await Product.start({ shippedEnv: true, env: { SIMULATOR_MOCK_PORT: '0' } });
    const { status, body } = await product.ask(BALANCE);
    expect({ status, body }).toMatchObject({ status: 200, body: { account: { simulated: true } } });
    expect(await product.stop()).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  });

  it('keeps token and directory to their owner, and the token over a restart', async () => {
    const first = await Product.start({ env: DEMO });
    expect((await first.ask(BALANCE)).status).toBe(200);
    await first.stop();
    const { home } = first;
    expect(home.mode('~/KIS/tokens')).toBe('700');
    expect(home.mode('~/KIS/tokens/token_PStoMm5NMd_mock.json')).toBe('600');

    const second = await Product.start({ env: DEMO, home });
    expect((await second.ask(BALANCE)).status).toBe(200);
    await second.stop();
    expect(home.read('logs/app.log').match(/Requesting new access token/g)).toHaveLength(1);
  });

  it('has a command line that prints its answer on standard output', async () => {
    const { code, stdout } = await runKis(['accounts'], { env: DEMO });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('5011****-01') });
  });

  it('has a library that a script can load', async () => {
    const script = `const { KisTokenService } = require('./kis'); console.log(KisTokenService.name);`;
    expect(await runScript(script)).toEqual({
      code: 0,
      signal: null,
      stdout: 'KisTokenService\n',
      stderr: '',
    });
  });
});
