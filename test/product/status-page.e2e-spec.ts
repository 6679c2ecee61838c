import { DEMO_ACCOUNTS } from '../../src/simulator';
import { ask } from '../support/answer';
import { DESKTOP, inBrowser, OpenPage, PHONE } from '../support/browser';
import { DEMO, Product } from '../support/product';

/** Lines over which a part of the token's path stands, at most: a part has a box for each of its lines. */
const MOST_LINES_OF_A_PART = `(() => {
  const path = [...document.querySelectorAll('dd')].find((each) => each.textContent.endsWith('_mock.json'));
  const boxes = [...path.childNodes].map((part) => {
    const range = document.createRange();
    range.selectNode(part);
    return range.getClientRects().length;
  });
  return Math.max(...boxes);
})()`;

/** An ETF with one of the longest names, and a name that has no space to break it at. */
const LONG_NAMES = ['ACE 미국빅테크7+ 데일리타겟커버드콜(합성)', 'KODEX200미국채혼합액티브레버리지인버스'];

const HIDDEN_PIXELS_OF_THE_TABLE = `(() => {
  const { scrollWidth, clientWidth } = document.querySelector('.scroll');
  return scrollWidth - clientWidth;
})()`;

/** Before it has a token the service is not ready, which the console of a browser shows as an error. */
async function startReady(env: Record<string, string>): Promise<Product> {
  const product = await Product.start({ env: { ...DEMO, ...env } });
  const headers = { 'x-api-key': env['API_KEY'] ?? '' };
  expect((await product.ask('/api/accounts/main/balance', { headers })).status).toBe(200);
  return product;
}

describe('The status page of the built product, in a browser', () => {
  inBrowser.each([
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ])(
    'shows account, holdings and token on a %s, and the console is empty',
    async (_, viewport) => {
      const product = await startReady({});
      const { page, complaints } = await OpenPage.at(product.url, viewport);
      const rows = page.locator('tbody tr');
      await rows.first().waitFor();
      await page.getByText('PStoMm5NMd…').waitFor();
      const text = await page.locator('body').innerText();
      for (const words of ['5011****-01', '삼성전자', 'SK하이닉스', 'NAVER', 'SIMULATED', 'fresh', 'Ready'])
        expect(text).toContain(words);
      expect(text).not.toMatch(/Loading|eyJ[\w-]{10,}\./);
      for (const cell of await rows.first().locator('td').all()) {
        const box = await cell.boundingBox();
        expect((box?.x ?? Infinity) + (box?.width ?? Infinity)).toBeLessThan(viewport.width);
      }
      // In one step, because the page replaces its facts every few seconds.
      expect(await page.evaluate<number>(MOST_LINES_OF_A_PART)).toBe(1);
      expect(text).toMatch(/₩[\d,]+\s+[\d,]+(\.\d)?만원/);
      expect(complaints).toEqual([]);
    },
    60_000,
  );

  inBrowser(
    'breaks the long name of a stock into lines, so that all figures of the table stay in view',
    async () => {
      const product = await startReady({});
      const { body } = await product.ask<{ url: string }>('/simulator');
      const echo = LONG_NAMES.join(' ');
      await ask(`${body.url}/__sim/settings`, { method: 'PATCH', body: JSON.stringify({ echo }) });
      const { page } = await OpenPage.at(product.url);
      await page.locator('tbody tr').first().waitFor();
      expect(await page.locator('tbody').innerText()).toContain(echo);
      expect(await page.evaluate<number>(HIDDEN_PIXELS_OF_THE_TABLE)).toBe(0);
    },
    60_000,
  );

  inBrowser(
    'shows the programs of the gateway, with what they did last',
    async () => {
      const product = await startReady({ KIS_GATEWAY: 'true' });
      const opened = await OpenPage.at(product.url);
      await opened.untilShown('account:main');
      const { appKey: appkey, appSecret: appsecret } = DEMO_ACCOUNTS.mock;
      const body = JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret });
      const headers = { 'content-type': 'application/json' };
      await product.ask('/kis/mock/oauth2/tokenP', { method: 'POST', headers, body });
      await opened.page.locator('#programs div', { hasText: /^Requests since the start1$/ }).waitFor();
      expect(opened.complaints).toEqual([]);
      await product.stop();
    },
    60_000,
  );

  inBrowser(
    'asks for the API key when one is set, and shows figures only with it',
    async () => {
      const key = 'a-key-of-at-least-sixteen-characters';
      const product = await startReady({ API_KEY: key });
      const opened = await OpenPage.at(product.url);
      const { page, complaints } = opened;
      const input = page.getByLabel(/API key/i);
      await input.waitFor();
      expect(await page.locator('body').innerText()).not.toContain('삼성전자');
      await input.fill(key);
      await input.press('Enter');
      await opened.untilShown('삼성전자');
      expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
    },
    60_000,
  );
});
