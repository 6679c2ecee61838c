import { isSurelyClosedInKorea } from '../protocol/korean-holidays';

/** On which days the Korea Exchange trades, as far as is known: by rules, until a calendar of KIS knows more. */
export class TradingDays {
  private source: (midnightMs: number) => boolean = (midnightMs) => !isSurelyClosedInKorea(midnightMs);

  /** Asks nobody. @param midnightMs of the day in Korea, as if it were UTC */
  readonly includes = (midnightMs: number): boolean => this.source(midnightMs);

  /** From now on a calendar tells it, which knows more than the rules. */
  follow(source: (midnightMs: number) => boolean): void {
    this.source = source;
  }
}
