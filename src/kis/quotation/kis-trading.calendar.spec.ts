import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis } from '../../../test/support/kis/local-kis';
import type { KisConfiguration } from '../kis.options';
import { TradingDays } from '../token/trading-days';
import { KisTradingCalendar } from './kis-trading.calendar';
import { DirectoryThread } from '../files/directory-thread';
import { MemoryMarketFiles, StateMarketFiles, type KisMarketFiles } from './state-files';

/** 국내휴장일조회 */
const holiday = (date: string, open: string) => ({
  bass_dt: date,
  wday_dvsn_cd: '04',
  bzdy_yn: open,
  tr_day_yn: open,
  opnd_yn: open,
  sttl_day_yn: open,
});
const ANSWER = {
  output: [
    holiday('20261125', 'Y'),
    holiday('20261126', 'N'),
    holiday('20261127', 'Y'),
    holiday('20261225', 'Y'),
  ],
  rt_cd: '0',
  msg_cd: 'KIOK0460',
  msg1: '조회 되었습니다. (마지막 자료)',
};
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`);

describe('the trading calendar', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    kis = await LocalKis.start();
    fixture = await openHttp(kis.origin, { mode: 'REAL' });
    fixture.clock.step(Date.parse('2026-11-25T04:00:30Z') - fixture.clock.now());
    kis.reply = json(200, ANSWER, { tr_cont: 'M' });
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const calendar = (files: KisMarketFiles, { api, clock, configuration } = fixture) =>
    new KisTradingCalendar(api, configuration, files, clock);

  /** In another process, which shares nothing but the files. */
  const calendarElsewhere = (files: KisMarketFiles) => {
    const tradingDays = { value: new TradingDays() };
    const configuration = Object.create(fixture.configuration, { tradingDays }) as KisConfiguration;
    return calendar(files, { ...fixture, configuration });
  };

  it('sends one request a day and trusts the answer, even about days that are holidays by rule', async () => {
    const ours = calendar(new MemoryMarketFiles());
    expect(ours.isTradingDay(day('2026-11-26'))).toBe(true);
    await Promise.all([ours.refresh(), ours.refresh()]);
    await ours.refresh();

    expect(ours.isTradingDay(day('2026-11-26'))).toBe(false);
    expect(ours.isTradingDay(day('2026-12-25'))).toBe(true);
    expect(ours.known).toMatchObject({ from: '2026-11-25', to: '2026-12-25', closed: ['2026-11-26'] });
    expect(kis.requests.map(({ url, headers }) => [url, headers['tr_id']])).toEqual([
      [
        '/uapi/domestic-stock/v1/quotations/chk-holiday?BASS_DT=20261125&CTX_AREA_NK=&CTX_AREA_FK=',
        'CTCA0903R',
      ],
    ]);
    fixture.clock.step(24 * 3_600_000);
    await ours.refresh();
    expect(kis.requests).toHaveLength(2);
  });

  it('lets the blackout of the refresh job know which days are holidays', async () => {
    const { tradingDays } = fixture.configuration;
    expect([tradingDays.includes(day('2026-11-26')), tradingDays.includes(day('2026-12-25'))]).toEqual([
      true,
      false,
    ]);
    const ours = calendar(new MemoryMarketFiles());
    await ours.refresh();
    expect([tradingDays.includes(day('2026-11-26')), tradingDays.includes(day('2026-12-25'))]).toEqual([
      false,
      true,
    ]);
  });

  it('follows rules for days that KIS has not listed', async () => {
    const ours = calendar(new MemoryMarketFiles());
    await ours.refresh();

    expect(ours.isTradingDay(day('2026-12-31'))).toBe(false);
    expect(ours.isTradingDay(day('2026-12-30'))).toBe(true);
    expect(ours.isTradingDay(day('2027-01-02'))).toBe(false);
  });

  it('keeps what KIS said for other processes and over restarts', async () => {
    const path = mkdtempSync(join(tmpdir(), 'market-'));
    // Its limits are on the clock of the test: a busy machine may take longer to start the thread.
    const files = [0, 1, 2].map(
      () =>
        new StateMarketFiles(
          join(path, 'state'),
          'stateDir',
          fixture.clock,
          new DirectoryThread(fixture.clock),
        ),
    );
    try {
      const calendars = files.map((each) => calendarElsewhere(each));
      await Promise.all(calendars.slice(0, 2).map((each) => each.refresh()));
      for (const each of calendars) await each.refresh();
      expect(kis.requests).toHaveLength(1);
      expect(calendars.map((each) => each.isTradingDay(day('2026-11-26')))).toEqual([false, false, false]);
    } finally {
      for (const each of files) each.onApplicationShutdown();
      rmSync(path, { recursive: true });
    }
  });

  it('does not ask again on the day on which it failed, and keeps what it knows', async () => {
    const files = new MemoryMarketFiles();
    await calendar(files).refresh();
    fixture.clock.step(24 * 3_600_000);
    kis.reply = json(200, { ...ANSWER, output: [{ bass_dt: '20261126' }] });
    const ours = calendarElsewhere(files);
    await ours.refresh();
    await ours.refresh();
    await calendarElsewhere(files).refresh();

    expect(kis.requests).toHaveLength(2);
    expect(ours.isTradingDay(day('2026-11-26'))).toBe(false);
  });

  it('follows rules in mock trading, and sends nothing', async () => {
    const mock = await openHttp(kis.origin);
    try {
      const ours = calendar(new MemoryMarketFiles(), mock);
      await ours.refresh();
      expect([ours.known, ours.isTradingDay(day('2026-12-25'))]).toEqual([null, false]);
      expect(kis.requests).toHaveLength(0);
    } finally {
      await mock.close();
    }
  });
});
