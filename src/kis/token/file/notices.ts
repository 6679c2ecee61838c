import { Logger } from '@nestjs/common';

/** Tells a person what is the matter with a file: once, not with every look at it. */
export class Notices {
  private readonly logger = new Logger('TokenManager');
  private readonly told = new Map<string, string>();

  /**
   * @param about what the notice is of; a new text about it is told again.
   * @param occasion distinguishes two events with one text.
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
