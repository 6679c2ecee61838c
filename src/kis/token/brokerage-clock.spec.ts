import { Logger } from '@nestjs/common';
import { DESK_ACCOUNT, HOUR, MINUTE, SECOND, TokenDesk } from '../testing/token-desk';

const DAY = 24 * HOUR;

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A clock that is set', () => {
  it('wrong from the start does not keep anybody from a token; the brokerage’s time is believed, and told once', async () => {
    for (const hours of [-48, -9, 9, 48]) {
      const desk = new TokenDesk();
      desk.clock.step(hours * HOUR);
      const token = await desk.during(desk.ask(), SECOND);
      expect(Math.abs(token.expiresAt - (desk.clock.trueTime + DAY))).toBeLessThan(MINUTE);
      expect(desk.heard('clockSkew')).toHaveLength(1);
      expect(desk.heard('clockSkew')[0]?.event).toMatchObject({ skewMs: expect.any(Number) });
      await desk.run(30 * MINUTE);
      expect(desk.kis.asked).toBe(1);
    }
  });

  it('is found out once for all keys at a host', async () => {
    const second = { ...DESK_ACCOUNT, alias: 'second', appKey: 'PSsecondKey0123456789012345678901234' };
    const desk = new TokenDesk({ accounts: [DESK_ACCOUNT, second] });
    desk.clock.step(-9 * HOUR);
    await desk.during(desk.ask(), SECOND);
    const token = await desk.during(Promise.resolve(desk.tokens.getToken('second')), SECOND);
    expect(Math.abs(token.expiresAt - (desk.clock.trueTime + DAY))).toBeLessThan(MINUTE);
    expect(desk.heard('clockSkew')).toHaveLength(1);
  });

  it.each([-58, -100])(
    'off by %i s is corrected by any answer of KIS, so that the token of another program does not live too long',
    async (seconds) => {
      const desk = new TokenDesk();
      const { accessToken } = await desk.foreignIssue();
      await desk.store.inner.save(desk.credential, desk.tokenOf(accessToken));
      desk.kis.fault = () => {
        throw new Error('KIS issues nothing');
      };
      desk.clock.step(seconds * SECOND);
      await desk.during(desk.ask(), SECOND);
      desk.tokens.hearTime('main', new Date(desk.clock.trueTime).toUTCString(), 100);
      await desk.clock.advance(desk.kis.expiryOf(accessToken) - desk.clock.trueTime - 20 * SECOND);
      expect(desk.tokens.readiness().ready).toBe(true);
      await desk.clock.advance(20 * SECOND);
      expect(desk.tokens.readiness().ready).toBe(false);
    },
  );

  it('goes by no answer that took too long to tell, and by none without a date', async () => {
    const desk = await TokenDesk.open();
    const { expiresAt } = desk.now;
    for (const date of [undefined, '', 'today', new Date(desk.clock.trueTime).toUTCString()]) {
      desk.tokens.hearTime('main', date, 8 * SECOND);
    }
    await desk.clock.advance(expiresAt - desk.clock.now() - 11 * SECOND);
    expect(desk.tokens.readiness().ready).toBe(true);
  });

  it.each([-119, -30, 30, 119])('off by %i s is not worth a word', async (seconds) => {
    const desk = new TokenDesk();
    desk.clock.step(seconds * SECOND);
    await desk.during(desk.ask(), SECOND);
    expect(desk.heard('clockSkew')).toHaveLength(0);
  });
});
