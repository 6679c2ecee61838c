import { SystemKisClock } from '../../src/kis/clock';

/**
 * Time that runs so many times faster from a moment on, the same for all processes of a machine: an hour in seconds.
 * Timers keep their real length, as if they were late, so that nothing that takes real time becomes too slow.
 */
export class AcceleratedKisClock extends SystemKisClock {
  constructor(
    private readonly times: number,
    /** Epoch milliseconds. */
    private readonly since: number,
  ) {
    super();
  }

  override now(): number {
    return this.since + (super.now() - this.since) * this.times;
  }

  override monotonic(): number {
    return super.monotonic() * this.times;
  }
}
