import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis } from '../../../test/support/kis/local-kis';
import { lastMomentAt } from './order-book';

const LEVELS = Array.from({ length: 10 }, (_, index) => index + 1);

/** 주식현재가 호가/예상체결, with the names of the portal. */
const OUTPUT1 = {
  aspr_acpt_hour: '093007',
  ...Object.fromEntries(LEVELS.map((level) => [`askp${level}`, String(128_500 + level * 100)])),
  ...Object.fromEntries(LEVELS.map((level) => [`bidp${level}`, String(128_600 - level * 100)])),
  ...Object.fromEntries(LEVELS.map((level) => [`askp_rsqn${level}`, String(level * 10)])),
  ...Object.fromEntries(LEVELS.map((level) => [`bidp_rsqn${level}`, String(level * 20)])),
  total_askp_rsqn: '550',
  total_bidp_rsqn: '1100',
};
const OUTPUT2 = { stck_prpr: '128500', antc_cnpr: '128700', antc_vol: '4200' };

describe('the order book', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    kis = await LocalKis.start();
    fixture = await openHttp(kis.origin);
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const answer = (output1: object, output2: object = OUTPUT2): void => {
    kis.reply = json(200, { output1, output2, rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' });
  };
  const book = () => fixture.quotations.orderBook(fixture.configuration.account(), '000660');

  it('is read under our names, best price first', async () => {
    answer(OUTPUT1);

    const found = await book();
    expect(found).toMatchObject({
      symbol: '000660',
      venue: 'KRX',
      totalAskQuantity: '550',
      totalBidQuantity: '1100',
      expectedPrice: '128700',
      expectedQuantity: '4200',
    });
    expect([found.asks.length, found.asks[0], found.asks[9]]).toEqual([
      10,
      { price: '128600', quantity: '10' },
      { price: '129500', quantity: '100' },
    ]);
    expect([found.bids[0], found.bids[9]]).toEqual([
      { price: '128500', quantity: '20' },
      { price: '127600', quantity: '200' },
    ]);
    expect(kis.requests[0]).toMatchObject({
      url: '/uapi/domestic-stock/v1/quotations/inquire-asking-price-exp-ccn?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=000660',
      headers: { tr_id: 'FHKST01010200' },
    });
  });

  it('leaves out levels without orders, and an expected trade outside auctions', async () => {
    answer({ ...OUTPUT1, askp10: '0', askp_rsqn10: '0' }, { ...OUTPUT2, antc_cnpr: '0', antc_vol: '0' });

    const found = await book();
    expect([found.asks.length, found.bids.length]).toEqual([9, 10]);
    expect(found).toMatchObject({ expectedPrice: null, expectedQuantity: null });
  });

  it.each(['askp3', 'bidp_rsqn10', 'total_askp_rsqn', 'aspr_acpt_hour'])(
    'is refused without %s',
    async (name) => {
      answer(Object.fromEntries(Object.entries(OUTPUT1).filter(([key]) => key !== name)));

      await expect(book()).rejects.toMatchObject({
        code: 'KIS_BAD_RESPONSE',
        message: expect.stringContaining(`output1.${name} `),
      });
    },
  );

  it.each([
    ['with a price that is none', { ...OUTPUT1, askp1: '12,850' }, OUTPUT2],
    ['with a time that is none', { ...OUTPUT1, aspr_acpt_hour: '256000' }, OUTPUT2],
    ['with the first part missing', {}, OUTPUT2],
  ])('is refused %s', async (_, output1, output2) => {
    answer(output1, output2);

    await expect(book()).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
  });

  it('does not exist for a symbol of which KIS sends nothing', async () => {
    answer({}, {});
    await expect(book()).rejects.toHaveProperty('code', 'SYMBOL_NOT_FOUND');

    const zeros = Object.fromEntries(Object.keys(OUTPUT1).map((name) => [name, '0']));
    answer({ ...zeros, aspr_acpt_hour: '000000' }, { ...OUTPUT2, stck_prpr: '0' });
    await expect(book()).rejects.toHaveProperty('code', 'SYMBOL_NOT_FOUND');
  });
});

describe('the date of a time of day', () => {
  it.each([
    ['during trading', '2026-11-25T00:30:08Z', '093007', '2026-11-25T00:30:07.000Z'],
    ['with a clock that is behind', '2026-11-25T00:29:30Z', '093007', '2026-11-25T00:30:07.000Z'],
    ['in the evening', '2026-11-25T13:00:00Z', '153000', '2026-11-25T06:30:00.000Z'],
    ['before the open', '2026-11-24T22:00:00Z', '153000', '2026-11-24T06:30:00.000Z'],
    ['on a Sunday', '2026-11-29T03:00:00Z', '153000', '2026-11-27T06:30:00.000Z'],
    ['on a Monday morning', '2026-11-29T21:00:00Z', '200000', '2026-11-27T11:00:00.000Z'],
    ['just before midnight', '2026-11-25T14:59:30Z', '235929', '2026-11-25T14:59:29.000Z'],
  ])('is its last one: %s', (_, receivedAt, timeOfDay, expected) => {
    expect(lastMomentAt(timeOfDay, Date.parse(receivedAt)).toISOString()).toBe(expected);
  });
});
