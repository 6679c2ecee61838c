import { Logger } from '@nestjs/common';

/** Reports a fault to a person. */
export interface Notice {
  /** What it is about; only a new text about the same thing is reported again. */
  readonly about: string;
  readonly text: string;
  /** Distinguishes two events that have the same text. */
  readonly occasion?: string;
}

export type Tell = (notice: Notice) => void;

/** Reports what is wrong with files and directories: once, and not every time it is met. */
export class Notices {
  private readonly logger: Logger;
  private readonly told = new Map<string, string>();

  /** @param tag of the log lines. */
  constructor(tag = 'TokenManager') {
    this.logger = new Logger(tag);
  }

  /**
   * @param about as in {@link Notice}, and so are the others.
   * @returns whether it was news.
   */
  tell(about: string, text: string, occasion = ''): boolean {
    if (this.told.get(about) === text + occasion) return false;
    this.told.set(about, text + occasion);
    this.logger.warn(text);
    return true;
  }

  /** All is well again: the next notice about it is news. */
  forget(about: string): void {
    this.told.delete(about);
  }
}
