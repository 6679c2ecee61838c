import { Logger } from '@nestjs/common';

/** Reports a fault to a person. */
export interface Notice {
  /** What it is about; only a new text about the same thing is reported again. */
  readonly about: string;
  readonly text: string;
  /** Distinguishes two events that have the same text. */
  readonly occasion?: string;
}

export type ReportNotice = (notice: Notice) => void;

/** Reports problems with files and directories once, and not each time they are found. */
export class Notices {
  private readonly logger: Logger;
  private readonly reported = new Map<string, string>();

  /** @param tag of the log lines. */
  constructor(tag = 'TokenManager') {
    this.logger = new Logger(tag);
  }

  /**
   * @param about these parameters are as in {@link Notice}.
   * @returns whether it had not been reported before.
   */
  report(about: string, text: string, occasion = ''): boolean {
    if (this.reported.get(about) === text + occasion) return false;
    this.reported.set(about, text + occasion);
    this.logger.warn(text);
    return true;
  }

  /** The fault is over: the next one is reported again. */
  forget(about: string): void {
    this.reported.delete(about);
  }
}
