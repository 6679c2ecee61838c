import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inBrowser, OpenPage } from '../support/browser';
import { DEMO, Product } from '../support/product';

/** All ways in which a page makes a browser send requests. Resolves when each has come to its end. */
const ATTACK = `
async function attack(api) {
  const loaded = (name, attributes) => new Promise((resolve) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.onload = element.onerror = resolve;
    document.body.append(element);
  });
  const refresh = api + '/api/tokens/main/refresh';
  const revoke = api + '/api/tokens/main?revoke=true';
  const balance = api + '/api/accounts/main/balance';
  const said = await Promise.allSettled([
    fetch(balance).then((answer) => answer.text()),
    fetch(balance, { mode: 'no-cors' }).then((answer) => answer.text()),
    fetch(refresh, { method: 'POST', mode: 'no-cors' }).then((answer) => answer.text()),
    fetch(revoke, { method: 'DELETE' }).then((answer) => answer.text()),
    fetch(api + '/metrics', { mode: 'no-cors' }).then((answer) => answer.text()),
  ]);
  await loaded('img', { src: balance + '?image' });
  await loaded('script', { src: api + '/docs-json' });
  await loaded('iframe', { src: balance + '?frame' });
  await loaded('iframe', { srcdoc: '<form method="post" action="' + refresh + '"></form><script>document.forms[0].submit()</' + 'script>' });
  await loaded('iframe', { sandbox: 'allow-scripts', srcdoc: '<script>fetch("' + refresh + '?sandbox", { method: "POST", mode: "no-cors" })</' + 'script>' });
  const target = Object.assign(document.createElement('iframe'), { name: 'target' });
  document.body.append(target);
  const answered = new Promise((resolve) => (target.onload = resolve));
  const form = Object.assign(document.createElement('form'), { method: 'post', action: refresh + '?form', target: 'target' });
  document.body.append(form);
  form.submit();
  await answered;
  navigator.sendBeacon(refresh + '?beacon', 'x');
  return said.map(({ value }) => value ?? '').join('');
}`;

/** What those must have asked for, at least, each in the log of the API with its answer. */
const REFUSED = [
  /GET \/api\/accounts\/main\/balance 403/,
  /POST \/api\/tokens\/main\/refresh 403/,
  /OPTIONS \/api\/tokens\/main 403/,
  /GET \/metrics 403/,
  /GET \/docs-json 403/,
];

describe('A page of another site, in a real browser', () => {
  let product: Product;
  let site: Server;

  beforeAll(async () => {
    product = await Product.start({ env: { ...DEMO, LOG_LEVEL: 'debug' } });
    expect((await product.ask('/api/accounts/main/balance')).status).toBe(200);
    site = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<a href="${product.url}/">a link</a><script>${ATTACK}</script>`);
    });
    await once(site.listen(0), 'listening');
  });

  afterAll(async () => {
    site.closeAllConnections();
    site.close();
    await product.stop();
  });

  const portOf = (): number => (site.address() as AddressInfo).port;
  const stateOfToken = async (): Promise<unknown> => {
    const { issuedAt, issuedToday, status } = (await product.ask<Record<string, unknown>>('/api/tokens/main'))
      .body;
    return { issuedAt, issuedToday, status };
  };
  const callsToKis = async (): Promise<unknown> => {
    const [, controls = ''] = /Simulator +(http:\S+\/__sim)/.exec(product.stdout) ?? [];
    return ((await (await fetch(`${controls}/requests`)).json()) as { count: number }).count;
  };

  inBrowser.each([
    ['on another host', 'localhost'],
    ['on another port of the same host', '127.0.0.1'],
  ])(
    '%s reads nothing, changes nothing and sends nothing to KIS',
    async (_, host) => {
      const before = [await stateOfToken(), await callsToKis()];
      const alreadyLogged = product.stdout.length;
      const { page } = await OpenPage.at(`http://${host}:${portOf()}/`);
      expect(await page.evaluate(`attack(${JSON.stringify(product.url)})`)).toBe('');
      await page.close();
      expect([await stateOfToken(), await callsToKis()]).toEqual(before);
      const log = product.stdout.slice(alreadyLogged);
      for (const refused of REFUSED) expect(log).toMatch(refused);
      expect(log).not.toMatch(/\[HTTP\] (?:POST|DELETE|OPTIONS) \S+ (?!403|was refused)/);
      expect(log.match(/POST \/api\/tokens\/main\/refresh 403/g)?.length).toBeGreaterThanOrEqual(3);
    },
    60_000,
  );

  inBrowser('cannot come under a name of its own that leads to this machine', async () => {
    const rebound = await OpenPage.at('about:blank');
    const answer = await rebound.page.goto(`http://evil.localhost:${product.port}/api/accounts/main/balance`);
    expect([answer?.status(), (await answer?.text()) ?? '']).toEqual([
      421,
      expect.not.stringContaining('holdings'),
    ]);
  });

  inBrowser(
    'is not where a person comes from who types the address, and may not be where a link comes from',
    async () => {
      const { page } = await OpenPage.at(product.url);
      expect((await page.goto(product.url))?.status()).toBe(200);
      expect((await page.reload())?.status()).toBe(200);
      await page.goto(`http://localhost:${portOf()}/`);
      const [answer] = await Promise.all([
        page.waitForResponse(`${product.url}/`),
        page.getByText('a link').click(),
      ]);
      expect(answer.status()).toBe(403);
    },
  );
});
