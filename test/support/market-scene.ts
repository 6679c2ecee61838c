import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from './brokerage-env';
import { RunningApi, temporaryDirectory } from './running-api';
import { ShiftedClock } from './shifted-clock';

/** The application with a mock account, `main`, and a real one, `live`, at a simulator in which another time is shown. */
export class MarketScene {
  private constructor(
    readonly simulator: Simulator,
    readonly api: RunningApi,
    readonly directory: string,
    /** Of the application and the simulator. It runs. */
    readonly clock: ShiftedClock,
    private readonly remove: () => void,
  ) {}

  /**
   * @param begins an ISO instant.
   * @param hasSymbols whether symbol files come from the simulator, too.
   */
  static async open(
    begins: string,
    more: Readonly<Record<string, string>> = {},
    hasSymbols = false,
  ): Promise<MarketScene> {
    const clock = new ShiftedClock(Date.parse(begins));
    const { path, remove } = await temporaryDirectory();
    const simulator = await startSimulator({
      mockPort: 0,
      realPort: 0,
      now: () => clock.now(),
      settings: { mockPerSecond: 1000, realPerSecond: 1000 },
    });
    const live = Object.entries(brokerageEnv(simulator, 'REAL')).map(([name, value]) => [
      name.replace('KIS_', 'KIS_LIVE_'),
      value,
    ]);
    const env = {
      ...brokerageEnv(simulator, 'MOCK', path),
      ...(Object.fromEntries(live) as Record<string, string>),
      KIS_PROFILES: 'live',
      KIS_STATE_DIR: `${path}/state`,
      ...(hasSymbols ? { KIS_SYMBOL_FILES_URL: `${simulator.mockUrl ?? ''}/common/master/` } : {}),
      ...more,
    };
    return new MarketScene(simulator, await RunningApi.start({ env, clock }), path, clock, remove);
  }

  /** The queries that have reached KIS under a TR id, in order. */
  queries(trId: string): Readonly<Record<string, string>>[] {
    return this.simulator.requests.withTrId(trId).map(({ query }) => query);
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.simulator.stop();
    this.remove();
  }
}
