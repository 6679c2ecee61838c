import { SystemKisClock } from '../../src/kis';

/** Runs as the platform's clock does, but shows another date. */
export class ShiftedClock extends SystemKisClock {
  private readonly shiftMs: number;

  /** @param begins what it shows when it is made; epoch milliseconds. */
  constructor(begins: number) {
    super();
    this.shiftMs = begins - Date.now();
  }

  override now(): number {
    return super.now() + this.shiftMs;
  }
}
