import { Controller, Get, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from './common/api-description';
import { AppConfig, type EmbeddedSimulatorOptions } from './config/app-config';
import type { KisAccountOptions } from './kis';
import { DEMO_ACCOUNTS, keepsOrdersIn, startSimulator, type Simulator } from './simulator';

/** The simulator that runs inside the API process, so that the API can be tried without an account at KIS. */
export class EmbeddedSimulator implements OnApplicationShutdown {
  private constructor(
    readonly simulator: Simulator,
    /** Its mock host, which is the only one that runs here. */
    readonly url: string,
    private readonly options: EmbeddedSimulatorOptions,
  ) {}

  /**
   * Listens on the preferred port, or on any free one if another program uses it. Where that is the simulator of another
   * service with the same files, this one leaves the file of the orders to it.
   */
  static async start(options: EmbeddedSimulatorOptions): Promise<EmbeddedSimulator> {
    const ordersFile = await ownOrdersFile(options);
    // Orders are to be filled in the demo also at night and on Sundays.
    const settings = { mockPerSecond: Math.ceil(options.requestsPerSecond), sessions: 'open' as const };
    const listen = (mockPort: number): Promise<Simulator> =>
      startSimulator({ mockPort, realPort: null, settings, ordersFile });
    const simulator = await listen(options.mockPort).catch((error: unknown) => {
      if (!isPortTaken(error)) throw error;
      return listen(0);
    });
    if (ordersFile === null && options.ordersFile !== undefined) warnOfAnother(options.mockPort);
    if (simulator.mockUrl === null) throw new Error('The embedded simulator has no mock host.');
    return new EmbeddedSimulator(simulator, simulator.mockUrl, options);
  }

  /** The demo account, marked as simulated. */
  account(): KisAccountOptions {
    return demoAccount(this.url, this.options);
  }

  /** Runs last: requests and token issues in progress need it until then. */
  onApplicationShutdown(): Promise<void> {
    return this.simulator.stop();
  }
}

/** The demo account at a simulator's mock host, marked as simulated. */
export function demoAccount(
  url: string,
  { requestsPerSecond, requestTimeoutMs, orders }: EmbeddedSimulatorOptions,
): KisAccountOptions {
  return {
    ...DEMO_ACCOUNTS.mock,
    mode: 'MOCK',
    baseUrl: url,
    simulated: true,
    requestsPerSecond,
    ...(orders && { orders }),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  };
}

async function ownOrdersFile({ mockPort, ordersFile }: EmbeddedSimulatorOptions): Promise<string | null> {
  if (ordersFile === undefined) return null;
  return mockPort !== 0 && (await keepsOrdersIn(ordersFile, mockPort)) ? null : ordersFile;
}

function warnOfAnother(port: number): void {
  new Logger('App').warn(
    `Another service that uses the same KIS_STATE_DIR already runs a simulator on port ${port}. This service has a simulator of its own, ` +
      'which does not know the orders placed there and forgets its own when it ends, while both write into one order journal. ' +
      'Use one service for both programs, or give this one another KIS_STATE_DIR and KIS_TOKEN_DIR.',
  );
}

function isPortTaken(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code === 'EADDRINUSE';
}

abstract class SimulatorAddressDto {
  @ApiProperty({ description: 'Its mock host.', example: 'http://127.0.0.1:29443' })
  abstract readonly url: string;
}

/** Where the simulator of this process listens. Needs no API key, since all its figures are invented. */
@ApiTags('operation')
@Controller('simulator')
class SimulatorController {
  constructor(private readonly embedded: EmbeddedSimulator) {}

  @Get()
  @ApiOperation({ summary: 'The address of the embedded simulator; 404 without one' })
  @ApiOkResponse({ type: SimulatorAddressDto })
  address(): SimulatorAddressDto {
    return { url: this.embedded.url };
  }
}

@Module({
  controllers: [SimulatorController],
  providers: [
    {
      provide: EmbeddedSimulator,
      inject: [AppConfig],
      useFactory: ({ simulator }: AppConfig) => {
        if (simulator === null) throw new Error('KIS_SIMULATOR is false: there is no simulator to start.');
        return EmbeddedSimulator.start(simulator);
      },
    },
  ],
  exports: [EmbeddedSimulator],
})
export class EmbeddedSimulatorModule {}
