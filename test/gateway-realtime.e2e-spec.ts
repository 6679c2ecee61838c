import { createDecipheriv } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { GatewayColumns } from '../src/config/gateway-variables';
import { hashOf, newKeyPair, type Allowance, type KeyPair } from '../src/gateway/program-key';
import { ProgramKeyStore } from '../src/gateway/program-key-store';
import { accountKey, KisConfiguration } from '../src/kis';
import type { Simulator } from '../src/simulator';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

interface Message {
  readonly header: { readonly tr_id: string; readonly tr_key: string; readonly encrypt: string };
  readonly body: {
    readonly rt_cd: string;
    readonly msg_cd: string;
    readonly msg1: string;
    readonly output?: { readonly key: string; readonly iv: string };
  };
}

/** A program with a websocket, as the official samples use it. */
class Program {
  private readonly texts: string[] = [];
  private constructor(
    readonly socket: WebSocket,
    private readonly approvalKey: string,
  ) {
    socket.on('message', (data: Buffer) => this.texts.push(data.toString('utf8')));
  }

  static async connect(api: RunningApi, pair: KeyPair): Promise<Program> {
    const { body } = await api.ask<{ approval_key: string }>('/kis/mock/oauth2/Approval', {
      method: 'POST',
      body: JSON.stringify({
        grant_type: 'client_credentials',
        appkey: pair.appKey,
        secretkey: pair.appSecret,
      }),
    });
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/kis/mock/tryitout`);
    const program = new Program(socket, body.approval_key);
    await once(socket, 'open');
    return program;
  }

  async ask(trId: string, trKey: string, type = '1', approvalKey = this.approvalKey): Promise<Message> {
    this.socket.send(
      JSON.stringify({
        header: { approval_key: approvalKey, custtype: 'P', tr_type: type, 'content-type': 'utf-8' },
        body: { input: { tr_id: trId, tr_key: trKey } },
      }),
    );
    return JSON.parse(
      await this.next((text) => text.startsWith('{') && !text.includes('PINGPONG')),
    ) as Message;
  }

  /** The next message of this kind; what came before is still there. */
  async next(isMeant: (text: string) => boolean): Promise<string> {
    for (;;) {
      const index = this.texts.findIndex(isMeant);
      if (index >= 0) return this.texts.splice(index, 1)[0] ?? '';
      await once(this.socket, 'message');
    }
  }

  frame(trId: string): Promise<string> {
    return this.next((text) => text.split('|')[1] === trId);
  }
}

describe('The websocket of the gateway', () => {
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let simulator: Simulator;
  let own: KeyPair;
  let htsId: string;
  const programs: Program[] = [];

  beforeAll(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), KIS_GATEWAY: 'true' } });
    ({ simulator } = api);
    const demo = simulator.demo.mock;
    own = { appKey: demo.appKey, appSecret: demo.appSecret };
    ({ htsId } = demo);
  });

  afterEach(() => {
    for (const { socket } of programs.splice(0)) socket.terminate();
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  async function programKey(program: string, allow: Allowance, columns: GatewayColumns | null = null) {
    const pair = newKeyPair();
    const key = {
      program,
      account: 'main',
      accountKey: accountKey(api.app.get(KisConfiguration, { strict: false }).account()),
      allow,
      columns,
      keyHash: hashOf(pair.appKey),
      secretHash: hashOf(pair.appSecret),
      keyStart: pair.appKey.slice(0, 10),
      createdAt: new Date().toISOString(),
      revoked: [],
    };
    await api.app.get(ProgramKeyStore, { strict: false }).put(key, true);
    return pair;
  }

  async function connect(pair: KeyPair): Promise<Program> {
    const program = await Program.connect(api, pair);
    programs.push(program);
    return program;
  }

  it('gives two programs the trades of one registration, each in its layout', async () => {
    const today = await connect(own);
    const sample = await connect(await programKey('sample', 'read', '2025'));
    expect(await today.ask('H0STCNT0', '005930')).toMatchObject({
      header: { tr_id: 'H0STCNT0', tr_key: '005930', encrypt: 'N' },
      body: { rt_cd: '0', msg_cd: 'OPSP0000', msg1: 'SUBSCRIBE SUCCESS' },
    });
    expect((await sample.ask('H0STCNT0', '005930')).body.msg_cd).toBe('OPSP0000');
    const [wide, narrow] = await Promise.all([today.frame('H0STCNT0'), sample.frame('H0STCNT0')]);
    const widthOf = (text: string) => {
      const [, , count = '', body = ''] = text.split('|');
      return body.split('^').length / Number(count);
    };
    expect([widthOf(wide), widthOf(narrow)]).toEqual([47, 46]);
    const registered = simulator.socketEvents.filter(({ kind }) => kind === 'registered');
    expect(registered.map(({ detail }) => detail)).toEqual(['H0STCNT0 005930']);
  });

  it('encrypts order notices anew for each program', async () => {
    const two = [await connect(own), await connect(await programKey('trader', 'trade'))] as const;
    const ciphers = [];
    for (const program of two) {
      const { header, body } = await program.ask('H0STCNI9', htsId);
      expect(header.encrypt).toBe('Y');
      ciphers.push(body.output ?? { key: '', iv: '' });
    }
    expect(ciphers[0]?.key).not.toBe(ciphers[1]?.key);
    const price = (await api.ask<{ price: string }>('/api/quotes/005930')).body.price;
    const placed = await api.ask('/api/accounts/main/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ symbol: '005930', side: 'buy', type: 'limit', quantity: '1', price }),
    });
    expect(placed.status).toBe(201);
    for (const [index, program] of two.entries()) {
      const [flag, , count, text = ''] = (await program.frame('H0STCNI9')).split('|');
      const { key, iv } = ciphers[index] ?? { key: '', iv: '' };
      const decipher = createDecipheriv('aes-256-cbc', key, iv);
      const clear = decipher.update(text, 'base64', 'utf8') + decipher.final('utf8');
      expect([flag, count]).toEqual(['1', '001']);
      expect(clear.split('^')).toHaveLength(26);
      expect(clear).toContain('005930');
    }
  });

  it('keeps a read key from order notices, and a wrong HTS id from KIS', async () => {
    const reader = await connect(await programKey('reader', 'read'));
    expect((await reader.ask('H0STCNI9', htsId)).body.msg_cd).toBe('KAPI0004');
    expect((await reader.ask('H0STASP0', '005930')).body.msg_cd).toBe('OPSP0000');
  });

  it.each([
    ['an approval key of nobody', '1', '4b0a3f3e-0000-4000-8000-000000000000', 'OPSP0011'],
    ['another tr_type', '7', undefined, 'OPSP8997'],
    ['the release of what is not registered', '2', undefined, 'OPSP0003'],
  ])('says to %s what KIS says', async (_, type, approvalKey, code) => {
    const program = await connect(own);
    expect((await program.ask('H0STCNT0', '000660', type, approvalKey)).body.msg_cd).toBe(code);
  });

  it('says OPSP0002 to a second registration, and OPSP0008 beyond 41 over all programs', async () => {
    const [one, other] = [await connect(own), await connect(await programKey('greedy', 'read'))];
    expect((await one.ask('H0STCNT0', '000100')).body.msg_cd).toBe('OPSP0000');
    expect((await one.ask('H0STCNT0', '000100')).body.msg_cd).toBe('OPSP0002');
    const codes = [];
    for (let index = 0; index < 45; index += 1) {
      codes.push((await other.ask('H0STCNT0', String(200000 + index))).body.msg_cd);
      if (codes.at(-1) === 'OPSP0008') break;
    }
    expect(codes.at(-1)).toBe('OPSP0008');
    expect(codes.length).toBeLessThanOrEqual(41);
    // A program that tries again without a pause does not fill the log.
    expect((await other.ask('H0STCNT0', '300000')).body.msg_cd).toBe('OPSP0008');
    expect(api.log.join('\n').match(/They are held by/g)).toHaveLength(1);
  });

  it('disconnects a program whose key is removed', async () => {
    const program = await connect(await programKey('gone', 'read'));
    expect((await program.ask('H0STASP0', '005930')).body.msg_cd).toBe('OPSP0000');
    const closed = once(program.socket, 'close');
    await api.app.get(ProgramKeyStore, { strict: false }).remove('gone');
    await closed;
  });
});
