import { type KisHost } from './message';
import { TestSimulator, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  server = await TestSimulator.open();
  tokens = await server.tokens();
});
afterEach(() => server.close());

describe('the price of a stock', () => {
  const quote = async (symbol: string, host: KisHost = 'mock') => {
    const path = '/uapi/domestic-stock/v1/quotations/inquire-price';
    const query = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol };
    return objectOf(await server.inquire(host, path, 'FHKST01010100', tokens[host], { query }), 'output');
  };

  it('is the one of the balance, at both hosts', async () => {
    const [held] = rowsOf(await server.balance('mock', tokens.mock));
    expect(await quote('005930')).toMatchObject({
      stck_prpr: held?.['prpr'],
      prdy_vrss: held?.['bfdy_cprs_icdc'],
    });
    expect(await quote('005930', 'real')).toEqual(await quote('005930'));
  });

  it('lies inside the limits of the day and carries the sign of its change', async () => {
    for (const symbol of ['005930', '000660', '247540']) {
      const price = await quote(symbol);
      const change = Number(price['prdy_vrss']);
      expect(price['prdy_vrss_sign']).toBe(change > 0 ? '2' : change < 0 ? '5' : '3');
      expect(Number(price['stck_prpr'])).toBeLessThan(Number(price['stck_mxpr']));
      expect(Number(price['stck_prpr'])).toBeGreaterThan(Number(price['stck_llam']));
      expect(Number(price['stck_prpr']) % Number(price['aspr_unit'])).toBe(0);
    }
  });

  it('is "0" in a good answer for an unknown symbol', async () => {
    expect(await quote('999999')).toMatchObject({ stck_prpr: '0', stck_shrn_iscd: '999999' });
  });
});
