import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { KisClock, LONGEST_TIMER_MS } from '../clock';
import { KisApiClient, type KisReadOptions } from '../http/kis-api.client';
import { KisConfiguration } from '../kis.options';
import { isoDate, midnightOf, parseDate, wallClock } from '../protocol/market-time';
import { KOREAN_ZONE } from '../protocol/markets';
import type { KnownDays, TradingDays } from '../token/trading-days';
import { readHolidays } from './holidays';
import { KisMarketFiles } from './state-files';

/** The stored record: the last answer of KIS, and the Korean day of the last request, whether or not it succeeded. */
interface CalendarRecord {
  readonly askedOn: string;
  readonly known: KnownDays | null;
}

/** How long a process has to run before it requests the calendar in the background. */
const QUIET_MINUTES = 5;

/**
 * The trading days of the Korea Exchange. KIS lists them for real accounts; all processes that share the state
 * directory send at most one request a Korean day, and the answer is kept across restarts. Other days follow from
 * rules: weekends, holidays with a fixed date, the last weekday of the year.
 */
@Injectable()
export class KisTradingCalendar implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Market');
  private readonly days: TradingDays;
  /** The Korean day for which nothing more needs to be requested or read. */
  private settledOn = '';
  private asking: Promise<void> | null = null;
  private readonly closing = new AbortController();
  private endWatch = (): void => undefined;

  constructor(
    private readonly api: KisApiClient,
    private readonly configuration: KisConfiguration,
    private readonly files: KisMarketFiles,
    private readonly clock: KisClock,
  ) {
    this.days = configuration.tradingDays;
  }

  /** The blackout of the refresh job needs the calendar: it is kept up to date in the background. */
  onApplicationBootstrap(): void {
    const { scheduledRefresh, tokenPolicy } = this.configuration;
    if (scheduledRefresh && tokenPolicy.blackout.length > 0) this.watch();
  }

  beforeApplicationShutdown(): void {
    this.closing.abort();
    this.endWatch();
  }

  /** The days for which KIS has listed the holidays; `null` before the first answer. */
  get known(): KnownDays | null {
    return this.days.known;
  }

  /**
   * Whether the Korea Exchange trades on a day, as far as is known now; sends nothing. @param midnightMs as if it were
   * UTC
   */
  isTradingDay(midnightMs: number): boolean {
    return this.days.includes(midnightMs);
  }

  /** Today in Korea, its midnight as if it were UTC. */
  get today(): number {
    return midnightOf(wallClock(KOREAN_ZONE, this.clock.now()));
  }

  /**
   * Requests the holidays from KIS, unless that was done today already. Never fails: on an error the known days stay,
   * and the log says why.
   */
  async refresh(options: KisReadOptions = {}): Promise<void> {
    if (this.settledOn === isoDate(this.today)) return;
    this.asking ??= this.ask(options).finally(() => {
      this.asking = null;
    });
    await this.asking;
  }

  private watch(minutes = 0): void {
    this.endWatch = this.clock.background(LONGEST_TIMER_MS, () => {
      if (minutes + 1 >= QUIET_MINUTES) void this.refresh({ signal: this.closing.signal });
      this.watch(minutes + 1);
    });
  }

  private async ask(options: KisReadOptions): Promise<void> {
    const account = this.configuration.accounts.find(({ mode }) => mode === 'REAL');
    if (!account) return;
    const { today } = this;
    const day = isoDate(today);
    try {
      // One record for each address, so that the answer of a simulator is never used for KIS.
      const record = `calendar/${account.credential.origin}`;
      const before = await this.claim(record, day);
      this.days.known = before?.known ?? null;
      if (before?.askedOn === day) {
        // Another process has sent the request, and may not have the answer yet.
        if (before.known?.from === day) this.settledOn = day;
        return;
      }
      this.settledOn = day;
      const known = await readHolidays(this.api, account, today, options);
      this.days.known = known;
      await this.keep(record, { askedOn: day, known });
    } catch (error) {
      if (this.closing.signal.aborted) return;
      this.settledOn = day;
      const why = error instanceof Error ? error.message : 'unknown reason';
      this.logger.warn(`The holidays of the exchange could not be confirmed with KIS today: ${why}`);
    }
  }

  /** Records today's request before it is sent, so that only one of several processes sends it. */
  private async claim(name: string, day: string): Promise<CalendarRecord | null> {
    const text = await this.files.updateRecord(name, (found) => {
      const record = decode(found);
      return record?.askedOn === day ? null : JSON.stringify({ known: null, ...record, askedOn: day });
    });
    return decode(text);
  }

  private async keep(name: string, record: CalendarRecord): Promise<void> {
    await this.files.updateRecord(name, () => JSON.stringify(record));
  }
}

/** `null` for a record that is missing or damaged: then a request is sent. */
function decode(text: string | null): CalendarRecord | null {
  try {
    const { askedOn, known } = JSON.parse(text ?? '') as Partial<CalendarRecord>;
    if (typeof askedOn !== 'string') return null;
    return { askedOn, known: isKnown(known) ? known : null };
  } catch {
    return null;
  }
}

function isKnown(value: unknown): value is KnownDays {
  const { from, to, closed } = (value ?? {}) as Partial<Record<keyof KnownDays, unknown>>;
  return isDay(from) && isDay(to) && Array.isArray(closed) && closed.every(isDay);
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && parseDate(value) !== null;
}
