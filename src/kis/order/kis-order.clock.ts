import { Inject, Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisTokenService } from '../token/kis-token.service';
import type { Moment } from './journal/order-record';

/**
 * KIS's time, by which orders are dated: the wall clock, corrected when responses of KIS show that it is wrong by seconds.
 * Orders in KIS's lists are recognized by their time among other things, and the days of the lists are KIS's.
 */
@Injectable()
export class KisOrderClock {
  constructor(
    private readonly clock: KisClock,
    @Inject(KisTokenService)
    private readonly tokens: Pick<KisTokenService, 'serverClock'>,
  ) {}

  /** Epoch milliseconds. */
  now(account: KisAccount): number {
    return this.clock.now() + this.correctionMs(account);
  }

  /**
   * The monotonic clock of the machine, for durations that setting a clock must not change; `null` where the boot has no
   * id.
   */
  moment(): Moment | null {
    const { bootId } = this.clock;
    return bootId === null ? null : { bootId, ms: this.clock.monotonic() };
  }

  /** Milliseconds added to the wall clock; 0 while it is right. */
  correctionMs({ alias }: KisAccount): number {
    return this.tokens.serverClock(alias)?.correctionMs ?? 0;
  }

  /** False after a response of KIS has contradicted the clock, until another response confirms which of them is right. */
  isCertain({ alias }: KisAccount): boolean {
    return this.tokens.serverClock(alias)?.isCertain ?? true;
  }
}
