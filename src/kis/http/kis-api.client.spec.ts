import { Logger } from '@nestjs/common';
import { KIS_CALLS } from '../protocol/kis-calls';
import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis, silence, type Reply } from '../../../test/support/kis/local-kis';

const { domesticBalance, domesticPrice, accountAssets } = KIS_CALLS;
const FK = `50112345^01^N^N^01^01^N^${' '.repeat(76)}`;
const NK = `NEXT1${' '.repeat(95)}`;

function page(body: object, trCont?: string): Reply {
  return json(
    200,
    { rt_cd: '0', msg_cd: 'KIOK0510', msg1: 'x', ...body },
    trCont === undefined ? {} : { tr_cont: trCont },
  );
}

describe('KisApiClient', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    kis = await LocalKis.start();
    fixture = await openHttp(
      kis.origin,
      {},
      { alias: 'twin' },
      { alias: 'live', mode: 'REAL' },
      { alias: 'other', appKey: 'OTHER' },
    );
    Logger.overrideLogger(false);
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const account = (alias?: string) => fixture.configuration.account(alias);
  const price = (symbol = '005930', options = {}, alias?: string) =>
    fixture.api.read(account(alias), domesticPrice, { FID_INPUT_ISCD: symbol }, options);

  it('requests the first page with an empty context, in the order of the official samples', async () => {
    kis.reply = page({});

    await fixture.api.read(account(), domesticBalance, { CANO: '50112345', OFL_YN: '' });

    expect(kis.requests[0]?.url).toBe(
      '/uapi/domestic-stock/v1/trading/inquire-balance?CANO=50112345&OFL_YN=&CTX_AREA_FK100=&CTX_AREA_NK100=',
    );
    expect(kis.requests[0]?.headers).toMatchObject({ tr_id: 'VTTC8434R', tr_cont: '' });
  });

  it('echoes the context of the page before, padding included', async () => {
    kis.reply = page({ ctx_area_fk100: FK, ctx_area_nk100: NK }, 'M');
    const { next } = await fixture.api.read(account(), domesticBalance, {});

    await fixture.api.read(account(), domesticBalance, {}, { continuation: next ?? undefined });

    const spaces = (count: number): string => '+'.repeat(count);
    expect(kis.requests[1]?.url).toMatch(
      new RegExp(
        `CTX_AREA_FK100=50112345%5E01%5EN%5EN%5E01%5E01%5EN%5E\\+{76}&CTX_AREA_NK100=NEXT1\\+{${spaces(95).length}}$`,
      ),
    );
    expect(kis.requests[1]?.headers['tr_cont']).toBe('N');
  });

  it.each([
    ['M', true],
    ['F', true],
    ['D', false],
    ['E', false],
    ['', false],
    [undefined, false],
  ])('knows by the header tr_cont whether there is more, not by the context: %s', async (trCont, more) => {
    kis.reply = page({ ctx_area_fk100: FK, ctx_area_nk100: NK }, trCont);

    const { next } = await fixture.api.read(account(), domesticBalance, {});

    expect(next).toEqual(more ? [FK, NK] : null);
  });

  it.each(['X', 'M, D', 'm', 'MF', '더'])('does not guess what tr_cont %p means', async (trCont) => {
    kis.reply = (response, request) => {
      page({ ctx_area_fk100: FK, ctx_area_nk100: NK }, encodeURI(trCont))(response, request);
    };

    await expect(fixture.api.read(account(), domesticBalance, {})).rejects.toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringContaining('tr_cont'),
    });
    await expect(price()).resolves.toHaveProperty('next', null);
  });

  it('fails when the context of pages never ends', async () => {
    kis.reply = page({ ctx_area_fk100: FK, ctx_area_nk100: 'x'.repeat(10_000) }, 'M');

    await expect(fixture.api.read(account(), domesticBalance, {})).rejects.toHaveProperty(
      'code',
      'KIS_BAD_RESPONSE',
    );
  });

  it('does not take a page for the whole list when KIS does not state where the next one begins', async () => {
    kis.reply = page({ ctx_area_fk100: FK }, 'M');

    await expect(fixture.api.read(account(), domesticBalance, {})).rejects.toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringContaining('ctx_area_nk100'),
    });
  });

  it('converts the outermost keys to lower case, because the portal writes some in capitals', async () => {
    kis.reply = page({ Output1: [{ A: '1' }] });

    await expect(price()).resolves.toMatchObject({ body: { output1: [{ A: '1' }] } });
  });

  it('states when the answer arrived', async () => {
    kis.reply = page({});

    await expect(price()).resolves.toMatchObject({ receivedAt: new Date(fixture.clock.now()) });
  });

  it('sends nothing for a call that the trading mode does not offer', async () => {
    await expect(fixture.api.read(account(), accountAssets, {})).rejects.toHaveProperty(
      'code',
      'NOT_AVAILABLE_IN_MOCK',
    );

    expect(kis.requests).toHaveLength(0);
  });

  it('uses the TR id of the mode', async () => {
    kis.reply = page({});

    await fixture.api.read(account('live'), domesticBalance, {});

    expect(kis.requests[0]?.headers['tr_id']).toBe('TTTC8434R');
  });

  describe('identical concurrent reads', () => {
    it('share one call', async () => {
      const held: (() => void)[] = [];
      kis.reply = (response, request) =>
        held.push(() => {
          page({ n: '1' })(response, request);
        });
      const all = Array.from({ length: 1000 }, () => price());
      await kis.arrived(1);

      held[0]?.();

      expect(await Promise.all(all)).toHaveLength(1000);
      expect(kis.requests).toHaveLength(1);
    });

    it.each<[string, () => Promise<unknown>, number]>([
      ['of two accounts with one app key', () => price('005930', {}, 'twin'), 1],
      ['of another symbol', () => price('000660'), 2],
      ['of another app key', () => price('005930', {}, 'other'), 2],
      ['of another mode', () => price('005930', {}, 'live'), 2],
      ['of another page', () => price('005930', { continuation: ['', ''] }), 2],
    ])('%s', async (_, other, calls) => {
      kis.reply = page({});

      await Promise.all([price(), other()]);

      expect(kis.requests).toHaveLength(calls);
    });

    it('are sent again once the first has been answered', async () => {
      kis.reply = page({});

      await price();
      await price();

      expect(kis.requests).toHaveLength(2);
    });

    it('fail together, and the failure is not cached', async () => {
      kis.script(json(200, { rt_cd: '1', msg_cd: 'X', msg1: 'no' }), page({}));

      const outcomes = await Promise.allSettled([price(), price()]);

      expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
      expect(kis.requests).toHaveLength(1);
      await expect(price()).resolves.toHaveProperty('next', null);
    });

    it('end for an aborted caller only, and upstream once all callers have aborted', async () => {
      let closed: () => void = () => undefined;
      const hungUp = new Promise<void>((resolve) => (closed = resolve));
      kis.reply = (response, request) => {
        response.on('close', closed);
        silence(response, request);
      };
      const [one, two] = [new AbortController(), new AbortController()];
      const first = price('005930', { signal: one.signal });
      const second = price('005930', { signal: two.signal });
      await kis.arrived(1);

      one.abort(new Error('one'));
      await expect(first).rejects.toThrow('one');
      expect(await kis.connections()).toBe(1);
      two.abort(new Error('two'));

      await expect(second).rejects.toThrow('two');
      await hungUp;
      expect(kis.requests).toHaveLength(1);
    });
  });
});
