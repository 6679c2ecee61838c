import { startSimulator, type Simulator } from '../../src/simulator';
import type { KisTokenStatus } from '../../src/kis';
import { freePort } from '../support/free-port';
import { Product } from '../support/product';

const TOKEN = '/api/tokens/main';

/** A loopback port at which KIS is expected and nothing listens. */
class DeadKis {
  private constructor(
    readonly port: number,
    readonly product: Product,
  ) {}

  /** The API has just failed to reach KIS. */
  static async start(): Promise<DeadKis> {
    const port = await freePort();
    const product = await Product.start({
      env: {
        KIS_TRADING_MODE: 'MOCK',
        KIS_BASE_URL: `http://127.0.0.1:${port}`,
        KIS_APP_KEY: 'PStoMm5NMdSimulatorMockDemoKey000001',
        KIS_APP_SECRET: 'Simulator+Mock+Demo+Secret+Opens+Nothing/'.repeat(180).slice(0, 180),
        KIS_ACCOUNT_NUMBER: '50112345-01',
      },
    });
    await product.untilWritten('for a token is due');
    return new DeadKis(port, product);
  }

  comeBack(): Promise<Simulator> {
    return startSimulator({ realPort: null, mockPort: this.port });
  }

  async status(): Promise<KisTokenStatus> {
    return (await this.product.ask<KisTokenStatus>(TOKEN)).body;
  }
}

describe('KIS cannot be reached when the API starts', () => {
  it('counts no request, names the cause, and lets a person ask at once when KIS is back', async () => {
    const kis = await DeadKis.start();
    expect(await kis.status()).toMatchObject({
      issuedToday: 0,
      cooldownUntil: null,
      lastError: { code: 'KIS_UNAVAILABLE' },
    });
    const simulator = await kis.comeBack();
    const refreshed = await kis.product.ask(`${TOKEN}/refresh`, { method: 'POST' });
    await kis.product.stop();
    await simulator.stop();
    expect({ status: refreshed.status, body: refreshed.body }).toMatchObject({
      status: 200,
      body: { outcome: 'refreshed', issuedToday: 1, lastError: null },
    });
  });

  it('has a token within seconds of the return of KIS, although nobody asks for one', async () => {
    const kis = await DeadKis.start();
    const simulator = await kis.comeBack();
    await kis.product.untilWritten('Token saved successfully', 12_000);
    await kis.product.stop();
    await simulator.stop();
  });
});
