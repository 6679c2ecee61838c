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

/** What is kept: the last answer of KIS, and the Korean day on which it was last asked, whatever came of it. */
interface CalendarRecord {
  readonly askedOn: string;
  readonly known: KnownDays | null;
}

/** After the start KIS is asked by the background only when a process has run for a while. */
const QUIET_MINUTES = 5;

/**
 * The trading days of the Korea Exchange. KIS tells them to real accounts, and is asked at most once a Korean day by all
 * processes that share the state directory; what it said is kept over restarts. Other days follow from rules: weekends,
 * holidays with a fixed date, the last weekday of the year.
 */
@Injectable()
export class KisTradingCalendar implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Market');
  private readonly days: TradingDays;
  /** The Korean day for which there is nothing more to ask or to read. */
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

  /** For which days KIS has told the holidays; `null` before it has told any. */
  get known(): KnownDays | null {
    return this.days.known;
  }

  /** Whether the Korea Exchange trades on a day, as far as is known now; asks nobody. @param midnightMs as if it were UTC */
  isTradingDay(midnightMs: number): boolean {
    return this.days.includes(midnightMs);
  }

  /** Today in Korea, its midnight as if it were UTC. */
  get today(): number {
    return midnightOf(wallClock(KOREAN_ZONE, this.clock.now()));
  }

  /** Asks KIS, unless that was done today already. It never fails: what is known stays, and the log says why. */
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
      // What one address of KIS says is not told to those who use another, such as a simulator.
      const record = `calendar/${account.credential.origin}`;
      const before = await this.claim(record, day);
      this.days.known = before?.known ?? null;
      if (before?.askedOn === day) {
        // Another process asks, and may not have the answer yet.
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

  /** Notes that KIS is asked today, before it is; of several processes one finds that nobody has. */
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

/** `null` for a record that is missing or damaged: then KIS is asked. */
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
