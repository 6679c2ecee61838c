import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis, type Reply } from '../../../test/support/kis/local-kis';

const ok = (parts: object): Reply =>
  json(200, { ...parts, rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' });

/** 해외주식 현재체결가, with the names of the portal. */
const PRICE = {
  rsym: 'DNASAAPL',
  zdiv: '4',
  base: '227.5200',
  pvol: '42137691',
  last: '228.0200',
  sign: '2',
  diff: '0.5000',
  rate: ' +0.22',
  tvol: '1000000',
  tamt: '228000000',
  ordy: '매도불가',
};

/** 해외주식분봉조회 */
const minute = (time: string, koreanTime: string) => ({
  tymd: '20261123',
  xymd: '20261123',
  xhms: time,
  kymd: '20261124',
  khms: koreanTime,
  open: '228.0000',
  high: '228.5000',
  low: '227.9000',
  last: '228.1000',
  evol: '1200',
  eamt: '273720',
});

const HEAD = { rsym: 'DNASAAPL', zdiv: '4', nrec: '2' };

describe('foreign stocks', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    kis = await LocalKis.start();
    fixture = await openHttp(kis.origin, { mode: 'REAL' });
    fixture.clock.step(Date.parse('2026-11-25T04:00:30Z') - fixture.clock.now());
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const account = () => fixture.configuration.account();

  it('have a price', async () => {
    kis.reply = ok({ output: PRICE });

    await expect(fixture.quotations.price(account(), 'NAS:AAPL')).resolves.toMatchObject({
      symbol: 'NAS:AAPL',
      price: '228.0200',
      change: '0.5000',
      changeSign: '2',
      basePrice: '227.5200',
      volume: '1000000',
      tradingValue: '228000000',
      open: null,
    });
    expect(kis.requests[0]).toMatchObject({
      url: '/uapi/overseas-price/v1/quotations/price?AUTH=&EXCD=NAS&SYMB=AAPL',
      headers: { tr_id: 'HHDFS00000300' },
    });
  });

  it('are unknown where KIS leaves everything empty', async () => {
    kis.reply = ok({ output: Object.fromEntries(Object.keys(PRICE).map((name) => [name, ''])) });
    await expect(fixture.quotations.price(account(), 'NAS:NOSUCH')).rejects.toMatchObject({
      code: 'SYMBOL_NOT_FOUND',
      message: expect.stringContaining('"NOSUCH"'),
    });
  });

  it.each(['last', 'base', 'diff', 'tvol'])('have no price without %s', async (name) => {
    kis.reply = ok({ output: { ...PRICE, [name]: '' } });
    await expect(fixture.quotations.price(account(), 'NAS:AAPL')).rejects.toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringContaining(`output.${name} `),
    });
  });

  it('have minutes that go on where the page before ended, by the clock of the exchange', async () => {
    kis.script(
      ok({ output1: HEAD, output2: [minute('100100', '000100'), minute('100000', '000000')] }),
      ok({ output1: HEAD, output2: [{ ...minute('095900', '235900'), kymd: '20261123' }] }),
      ok({ output1: HEAD, output2: [] }),
    );

    const { candles, truncated } = await fixture.quotations.candles(account(), 'NAS:AAPL', {
      interval: '1m',
      from: '2026-11-20',
    });
    expect(candles.map(({ time, close, value }) => [time, close, value])).toEqual([
      ['2026-11-23T14:59:00.000Z', '228.1000', '273720'],
      ['2026-11-23T15:00:00.000Z', '228.1000', '273720'],
      ['2026-11-23T15:01:00.000Z', '228.1000', '273720'],
    ]);
    expect(truncated).toBe('2026-11-23T14:59:00.000Z');
    const queries = kis.requests.map(({ url }) =>
      Object.fromEntries(new URL(url, 'http://kis').searchParams),
    );
    const asked = { AUTH: '', EXCD: 'NAS', SYMB: 'AAPL', NMIN: '1', PINC: '1', NREC: '120', FILL: '' };
    expect(queries).toEqual([
      { ...asked, NEXT: '', KEYB: '' },
      { ...asked, NEXT: '1', KEYB: '20261123095959' },
      { ...asked, NEXT: '1', KEYB: '20261123095859' },
    ]);
  });

  it('have daily candles, adjusted or not', async () => {
    const row = {
      xymd: '20261120',
      clos: '228.0000',
      open: '227.0000',
      high: '229.0000',
      low: '226.0000',
      tvol: '5',
      tamt: '',
    };
    kis.reply = ok({ output1: HEAD, output2: [row] });

    const { candles } = await fixture.quotations.candles(account(), 'NAS:AAPL', {
      interval: '1d',
      from: '2026-11-21',
      to: '2026-11-24',
      adjusted: false,
    });
    expect(candles).toEqual([]);
    expect(kis.requests[0]?.url).toBe(
      '/uapi/overseas-price/v1/quotations/dailyprice?AUTH=&EXCD=NAS&SYMB=AAPL&GUBN=0&BYMD=20261124&MODP=0',
    );
  });
});
