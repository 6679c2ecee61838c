import { Logger } from '@nestjs/common';

/** Replaces the log of a test file: nothing is printed, and warnings can be read. */
export class CapturedWarnings {
  private lines: string[] = [];

  constructor() {
    const silent = (): void => undefined;
    const warn = (message: unknown): void => void this.lines.push(String(message));
    Logger.overrideLogger({ log: silent, error: warn, warn, debug: silent, verbose: silent });
  }

  get length(): number {
    return this.lines.length;
  }

  /** The warnings since the last call. */
  take(): string[] {
    const taken = this.lines;
    this.lines = [];
    return taken;
  }
}
