import { startSimulator } from '../../src/simulator';
import { ProductOutputs } from '../support/product-outputs';
import { Home, Product, runKis } from '../support/product';
import { rawRequest, sendRaw } from '../support/raw-http';

describe('The last words of a process', () => {
  const crash = `throw new Error('with ' + process.env.KIS_APP_SECRET.slice(20, 60) + '\\u001b[31m')`;
  const env = {
    KIS_APP_KEY: 'PS0123456789abcdefghijklmnopqrstuvwx',
    KIS_APP_SECRET: 'An/app+secret/of/a+kind/that/no/pattern+knows='.repeat(3),
    KIS_ACCOUNT_NUMBER: '50112345',
    KIS_BASE_URL: 'http://127.0.0.1:1',
  };

  it('hold no secret in the service', async () => {
    const home = new Home({ files: { 'crash.cjs': `process.on('SIGUSR2', () => { ${crash} });` } });
    const product = await Product.start({ home, env: { ...env, NODE_OPTIONS: '--require ./crash.cjs' } });
    product.signal('SIGUSR2');
    const { code, stdout, stderr } = await product.outcome();
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /CRITICAL - \[Process\] Stopped by an unhandled error.* with \[secret\]\\u001b\[31m\n {4}at /,
    );
  });

  it('hold no secret on the command line', async () => {
    const home = new Home({ files: { 'crash.cjs': `process.once('beforeExit', () => { ${crash} });` } });
    const { code, stderr } = await runKis(['accounts'], {
      home,
      env: { ...env, NODE_OPTIONS: '--require ./crash.cjs' },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /CRITICAL - \[Process\] Stopped by an unhandled error.* with \[secret\]\\u001b\[31m\n {4}at /,
    );
  });
});

describe('What a caller sends', () => {
  it('comes back neither with secrets nor with characters that a terminal obeys', async () => {
    const simulator = await startSimulator({ mockPort: 0, realPort: null });
    const { appKey, appSecret, accountNumber } = simulator.demo.mock;
    const env = {
      KIS_APP_KEY: appKey,
      KIS_APP_SECRET: appSecret,
      KIS_ACCOUNT_NUMBER: accountNumber,
      KIS_BASE_URL: simulator.mockUrl ?? '',
      LOG_LEVEL: 'debug',
    };
    const product = await Product.start({ env });
    const outputs = new ProductOutputs([simulator.demo.mock]);
    const odd = encodeURIComponent('\u001b[31m\u202e\n\u2028');
    const host = `Host: 127.0.0.1:${product.port}`;
    for (const [line, ...headers] of [
      [`GET /api/accounts/${odd}`],
      [`GET /api/accounts/${accountNumber}-01/balance`],
      [`GET /api/quotes/${odd}`],
      [`GET /api/accounts/main/buying-power?${odd}=1&symbol=${odd}`],
      [`GET /api/nothing/${odd}/${appSecret.slice(0, 60).replaceAll('/', '_')}`],
      [`GET /${accountNumber}`],
      ['GET /', `X-Request-Id: ${appSecret.slice(0, 40)}`],
      ['GET /', `X-Request-Id: ${accountNumber}`],
      ['GET /', 'X-Request-Id: \u0080\u009b31m'],
      ['GET /api/accounts', `Origin: https://evil.example/${appKey}`],
      ['GET /api/accounts', 'Origin: \u00ad\u009b31m'],
    ]) {
      const answer = await sendRaw(product.port, rawRequest(line ?? '', [host, ...headers]));
      outputs.texts.push(answer.body, JSON.stringify(answer.headers));
      const { detail = '' } = answer.body.startsWith('{')
        ? (JSON.parse(answer.body) as { detail?: string })
        : {};
      outputs.texts.push(detail);
    }
    const strange = await runKis(['token', 'status', '\u001b[31m\u202e'], { home: product.home, env });
    const { stdout, stderr } = await product.stop();
    outputs.texts.push(stdout, stderr, strange.stdout, strange.stderr, product.home.read('logs/app.log'));
    await simulator.stop();
    expect(strange.stderr).toContain('\\u001b[31m\\u202e');
    expect([outputs.leaks, outputs.controls]).toEqual([[], []]);
  });
});
