import type { KisAccountOptions } from '../../src/kis';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';
import { freshKeyPair } from './brokerage-env';
import type { ProgramOrder, ProgramReport, ProgramTask } from './program.worker';
import { WorkerHost, type Worker } from './workers';

/** Programs over the library in processes of their own, and the brokerage that they talk to. */
export class Programs {
  readonly account: KisAccountOptions;
  private readonly workerHost = new WorkerHost();

  private constructor(readonly brokerage: Simulator) {
    this.account = accountAt(brokerage.mockUrl ?? '');
  }

  static async at(options: SimulatorOptions): Promise<Programs> {
    return new Programs(await startSimulator({ realPort: null, mockPort: 0, ...options }));
  }

  /** Token requests that have reached the brokerage. */
  get issues(): number {
    return this.brokerage.issuesOf(this.account.appKey).length;
  }

  /** One program for each task, each of them ready. */
  async start(tasks: readonly ProgramTask[]): Promise<Worker[]> {
    const workers = tasks.map((task) => this.workerHost.start('program.worker', task));
    await Promise.all(workers.map((worker) => worker.next()));
    return workers;
  }

  async close(): Promise<void> {
    await this.workerHost.close();
    await this.brokerage.stop();
  }
}

export async function done(worker: Worker | undefined, order: ProgramOrder): Promise<ProgramReport> {
  worker?.order(order);
  const report = await worker?.next<ProgramReport>();
  if (!report) throw new Error('The program has ended before it has done what it was told.');
  return report;
}

/** An account with a new key pair and without a limit of its own. */
function accountAt(baseUrl: string): KisAccountOptions {
  return {
    mode: 'MOCK',
    ...freshKeyPair(),
    accountNumber: '50112345',
    baseUrl,
    requestsPerSecond: 10_000,
  };
}
