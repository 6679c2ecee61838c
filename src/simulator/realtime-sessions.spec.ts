import { SocketFixture } from '../../test/support/simulator/socket-fixture';
import { strangerKeys } from '../../test/support/simulator/test-simulator';

let fixture: SocketFixture;
beforeEach(async () => {
  fixture = await SocketFixture.open();
});
afterEach(() => fixture.close());

const IN_USE = {
  header: { tr_id: '(null)', tr_key: '', encrypt: 'N' },
  body: { rt_cd: '9', msg_cd: 'OPSP8996', msg1: 'ALREADY IN USE appkey' },
};

describe('a registration', () => {
  it('is acknowledged with key and vector, and so is its end', async () => {
    const client = await fixture.connect('real');
    expect(await client.register('H0STCNT0', '005930')).toEqual({
      header: { tr_id: 'H0STCNT0', tr_key: '005930', encrypt: 'N' },
      body: {
        rt_cd: '0',
        msg_cd: 'OPSP0000',
        msg1: 'SUBSCRIBE SUCCESS',
        output: { iv: expect.stringMatching(/^\w{16}$/), key: expect.stringMatching(/^\w{32}$/) },
      },
    });
    client.request('H0STCNT0', '005930', '2');
    expect((await client.control()).body).toMatchObject({ msg_cd: 'OPSP0001', msg1: 'UNSUBSCRIBE SUCCESS' });
    fixture.pass(10);
    expect(client.frames).toEqual([]);
    expect(fixture.simulator.socketEvents.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['opened', ''],
      ['registered', 'H0STCNT0 005930'],
      ['released', 'H0STCNT0 005930'],
    ]);
  });

  it.each([
    ['that is there already', 'H0STCNT0', '005930', '1', 'OPSP0002', 'ALREADY IN SUBSCRIBE'],
    ['that is not there, to end it', 'H0STCNT0', '000660', '2', 'OPSP0003', 'UNSUBSCRIBE ERROR(not found!)'],
    ['of an unknown channel', 'H0XXCNT0', '005930', '1', 'OPSP8991', 'invalid tr_id'],
    ['of a channel of mock trading', 'H0STCNI9', 'simreal', '1', 'OPSP8991', 'invalid tr_id'],
    ['without a key', 'H0STCNT0', '', '1', 'OPSP8992', 'invalid tr_key'],
    ['of a kind that is none', 'H0STCNT0', '000660', '3', 'OPSP8997', 'invalid tr_type'],
  ])('%s is refused', async (_which, trId, key, type, code, words) => {
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    client.request(trId, key, type);
    expect((await client.control()).body).toMatchObject({ msg_cd: code, msg1: words });
  });

  it('beyond the forty-first is refused, until one has ended', async () => {
    const client = await fixture.connect('real');
    for (let index = 0; index < 41; index += 1) {
      expect((await client.register('H0STCNT0', String(100_000 + index))).body?.msg_cd).toBe('OPSP0000');
    }
    expect((await client.register('H0STASP0', '005930')).body).toMatchObject({
      msg_cd: 'OPSP0008',
      msg1: 'MAX SUBSCRIBE OVER',
    });
    client.request('H0STCNT0', '100000', '2');
    await client.control();
    expect((await client.register('H0STASP0', '005930')).body?.msg_cd).toBe('OPSP0000');
  });

  it('of a channel whose market is gone is acknowledged, or refused when so set', async () => {
    const client = await fixture.connect('real');
    expect((await client.register('H0STOUP0', '005930')).body?.msg_cd).toBe('OPSP0000');
    fixture.simulator.update({ retiredChannels: 'refused' });
    expect((await client.register('H0STOUP0', '000660')).body?.msg_cd).toBe('OPSP8991');
  });

  it.each([
    ['not JSON', 'OPSP9999'],
    ['{"body":{}}', 'OPSP9998'],
    ['{"header":{"approval_key":"x","custtype":"P","tr_type":"1"}}', 'OPSP9992'],
    ['{"header":{"approval_key":"x","custtype":"P","tr_type":"1"},"body":{}}', 'OPSP9991'],
    ['{"header":{"custtype":"P","tr_type":"1"},"body":{"input":{}}}', 'OPSP9996'],
    ['{"header":{"approval_key":"x","tr_type":"1"},"body":{"input":{}}}', 'OPSP9997'],
    ['{"header":{"approval_key":"x","custtype":"Z","tr_type":"1"},"body":{"input":{}}}', 'OPSP8998'],
  ])('that says %s is refused with %s', async (text, code) => {
    const client = await fixture.connect('real');
    client.say(text);
    expect((await client.control()).body?.msg_cd).toBe(code);
  });
});

describe('an approval key', () => {
  it('is needed, of this host and not expired', async () => {
    const unknown = await fixture.connect('real', 'nobody');
    expect((await unknown.register('H0STCNT0', '005930')).body).toMatchObject({
      msg_cd: 'OPSP0011',
      msg1: 'invalid approval(appkey) : NOT FOUND',
    });
    const ofMock = await fixture.connect('real', await fixture.approval('mock'));
    expect((await ofMock.register('H0STCNT0', '005930')).body?.msg_cd).toBe('OPSP9994');
    const approval = await fixture.approval('real');
    fixture.server.pass(86_400);
    const late = await fixture.connect('real', approval);
    expect((await late.register('H0STCNT0', '005930')).body?.msg_cd).toBe('OPSP0011');
  });

  it('may expire while its session runs', async () => {
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    fixture.server.pass(86_400);
    fixture.pass(3);
    expect(await client.frame('H0STCNT0')).toMatch(/^0\|H0STCNT0\|/);
  });

  it('that is unknown gets no answer when so set', async () => {
    fixture.simulator.update({ unknownApproval: 'silent' });
    const client = await fixture.connect('real', 'nobody');
    client.request('H0STCNT0', '005930');
    client.say('not JSON');
    expect((await client.control()).body?.msg_cd).toBe('OPSP9999');
  });
});

describe('a second session of an app key', () => {
  it('is refused and closed; the first one stays', async () => {
    const first = await fixture.connect('real');
    await first.register('H0STCNT0', '005930');
    const second = await fixture.connect('real');
    const ended = second.ended();
    expect(await second.register('H0STCNT0', '005930')).toEqual(IN_USE);
    expect(await ended).toBe(1000);
    expect((await first.register('H0STASP0', '005930')).body?.msg_cd).toBe('OPSP0000');
    expect((await (await fixture.connect('mock')).register('H0STCNT0', '005930')).body?.msg_cd).toBe(
      'OPSP0000',
    );
  });

  it('can stay open without getting anything', async () => {
    fixture.simulator.update({ refusedSessionCloses: false });
    const first = await fixture.connect('real');
    await first.register('H0STCNT0', '005930');
    const second = await fixture.connect('real');
    expect(await second.register('H0STCNT0', '005930')).toEqual(IN_USE);
    first.close();
    expect(await second.register('H0STCNT0', '005930')).toEqual(IN_USE);
  });

  it('can take the place of the first', async () => {
    fixture.simulator.update({ secondSession: 'replaces' });
    const first = await fixture.connect('real');
    await first.register('H0STCNT0', '005930');
    const ended = first.ended();
    const second = await fixture.connect('real');
    expect((await second.register('H0STCNT0', '005930')).body?.msg_cd).toBe('OPSP0000');
    expect(await ended).toBe(1000);
  });

  it('is let in as soon as the first has gone', async () => {
    const first = await fixture.connect('real');
    await first.register('H0STCNT0', '005930');
    const ended = first.ended();
    first.socket.close();
    await ended;
    const second = await fixture.connect('real');
    expect((await second.register('H0STCNT0', '005930')).body?.msg_cd).toBe('OPSP0000');
  });

  it('has to wait while the first one haunts the key', async () => {
    fixture.simulator.update({ ghostSeconds: 30 });
    const first = await fixture.connect('real');
    await first.register('H0STCNT0', '005930');
    const ended = first.ended();
    await fixture.control('realtime/close', { terminate: true });
    expect(await ended).toBe(1006);
    expect(await (await fixture.connect('real')).register('H0STCNT0', '005930')).toEqual(IN_USE);
    fixture.server.pass(30);
    expect((await (await fixture.connect('real')).register('H0STCNT0', '005930')).body?.msg_cd).toBe(
      'OPSP0000',
    );
  });

  it('is another thing than the session of another key', async () => {
    await (await fixture.connect('real')).register('H0STCNT0', '005930');
    const other = await fixture.connect('real', await fixture.approval('real', strangerKeys('socket')));
    expect((await other.register('H0STCNT0', '005930')).body?.msg_cd).toBe('OPSP0000');
  });
});
