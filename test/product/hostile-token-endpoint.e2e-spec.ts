import { DamagedKis } from '../fuzz/support/damaged-kis';
import type { Damage } from '../fuzz/support/damage';
import { goodAnswer } from '../fuzz/support/good-answers';
import { Product } from '../support/product';

const BALANCE = '/api/accounts/main/balance';

describe('A token endpoint that answers oddly, and a caller of the built API', () => {
  let kis: DamagedKis;
  let product: Product;

  beforeEach(async () => {
    kis = await DamagedKis.start(goodAnswer);
  });

  afterEach(async () => {
    await product.stop();
    await kis.stop();
  });

  async function start(damage: readonly Damage[]): Promise<void> {
    kis.damageFor = ({ path }) => (path === '/oauth2/tokenP' ? damage : []);
    product = await Product.start({
      env: {
        ...{ KIS_TRADING_MODE: 'REAL', KIS_APP_KEY: 'P'.repeat(36), KIS_APP_SECRET: 'S'.repeat(180) },
        ...{ KIS_ACCOUNT_NUMBER: '50112345', KIS_BASE_URL: kis.origin },
      },
    });
  }

  it('serves calls although the token type holds a line break', async () => {
    await start([{ op: 'set', at: 2, value: 'Bearer\r\nX-Evil: 1' }]);
    expect((await product.ask(BALANCE)).status).toBe(200);
    const calls = kis.sent.filter(({ request }) => request.path.startsWith('/uapi/'));
    expect(new Set(calls.map(({ request }) => request.headers.get('authorization')?.split(' ')[0]))).toEqual(
      new Set(['Bearer']),
    );
  });

  it.each<[string, Damage]>([
    ['a token of 200 kB', { op: 'set', at: 0, value: 'x'.repeat(200_000) }],
    ['an answer that is nested without end', { op: 'nest', depth: 100_000 }],
  ])('says what is wrong with %s, and goes on', async (_, damage) => {
    await start([damage]);
    const { status, body } = await product.ask<{ code: string; detail: string }>(BALANCE);
    expect([status, body.code]).toEqual([502, 'KIS_BAD_RESPONSE']);
    expect(body.detail.length).toBeLessThan(500);
    expect((await product.ask('/health/live')).status).toBe(200);
  });

  it.each(['EGW00206', 'EGW00207'])(
    'says that waiting does not help after %s, and what does',
    async (code) => {
      await start([
        { op: 'text', text: JSON.stringify({ error_description: '거부', error_code: code }) },
        { op: 'status', status: 403 },
      ]);
      const { status, body } = await product.ask<{ code: string; detail: string; kis: { msgCd: string } }>(
        BALANCE,
      );
      expect([status, body.code, body.kis.msgCd]).toEqual([503, 'KIS_CREDENTIALS_REJECTED', code]);
      expect(body.detail).toMatch(/Waiting does not help\. .*(portal|address)/);
      expect(kis.sent).toHaveLength(1);
    },
  );
});
