import { Inject, Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisTokenService } from '../token/kis-token.service';
import type { Moment } from './journal/order-record';

/**
 * The time at KIS, by which orders are dated: the wall clock, corrected when the responses of KIS show that it is wrong by
 * seconds. An order that is looked for in KIS's lists is recognized by its time, too, and the days of the lists are KIS's.
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

  /** By the monotonic clock of the machine, for what no setting of a clock may shorten or lengthen; `null` where boots have no names. */
  moment(): Moment | null {
    const { bootId } = this.clock;
    return bootId === null ? null : { bootId, ms: this.clock.monotonic() };
  }

  /** Milliseconds added to the wall clock; 0 as long as it is right. */
  correctionMs({ alias }: KisAccount): number {
    return this.tokens.serverClock(alias)?.correctionMs ?? 0;
  }

  /** Whether no response of KIS contradicts it. While one does, another has to confirm which is right. */
  isCertain({ alias }: KisAccount): boolean {
    return this.tokens.serverClock(alias)?.isCertain ?? true;
  }
}
