import { createDecipheriv } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type KisHost } from '../../../src/simulator/message';
import { OrderFixture } from './order-fixture';
import { type DemoAccount } from '../../../src/simulator/demo';
import { type SimulatorSettings } from '../../../src/simulator/settings';

/** A message of KIS on the websocket that is no frame. */
export interface Control {
  readonly header: Readonly<Record<string, string>>;
  readonly body?: {
    readonly rt_cd: string;
    readonly msg_cd: string;
    readonly msg1: string;
    readonly output?: { readonly iv: string; readonly key: string };
  };
}

const TIMEOUT_MS = 5_000;

/** A websocket that remembers what it has heard. */
export class SocketClient {
  private readonly heard: string[] = [];
  private wake: (() => void) | null = null;
  protocolPings = 0;

  private constructor(
    readonly socket: WebSocket,
    private readonly approvalKey: string,
  ) {
    socket.on('message', (data: Buffer) => {
      this.heard.push(data.toString('utf8'));
      this.wake?.();
    });
    socket.on('ping', () => (this.protocolPings += 1));
    socket.on('error', () => undefined);
  }

  static async open(url: string, approvalKey: string): Promise<SocketClient> {
    const client = new SocketClient(new WebSocket(url), approvalKey);
    await once(client.socket, 'open');
    return client;
  }

  /** Asks to register ("1") or to release ("2"). */
  request(trId: string, trKey: string, tr_type = '1', header: Record<string, string> = {}): void {
    this.say({
      header: {
        approval_key: this.approvalKey,
        custtype: 'P',
        tr_type,
        'content-type': 'utf-8',
        ...header,
      },
      body: { input: { tr_id: trId, tr_key: trKey } },
    });
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Registers and gives the answer. */
  async register(trId: string, trKey: string): Promise<Control> {
    this.request(trId, trKey);
    return this.control();
  }

  /** The next answer that has not been taken; frames and pings are left alone. */
  async control(): Promise<Control> {
    return JSON.parse(
      await this.take((text) => text.startsWith('{') && !text.includes('PINGPONG')),
    ) as Control;
  }

  async ping(): Promise<Control> {
    return JSON.parse(await this.take((text) => text.includes('PINGPONG'))) as Control;
  }

  frame(trId?: string): Promise<string> {
    return this.take((text) => /^[01]\|/.test(text) && (trId === undefined || text.split('|')[1] === trId));
  }

  /** Frames that are here and were not taken. */
  get frames(): readonly string[] {
    return this.heard.filter((text) => /^[01]\|/.test(text));
  }

  /** The code with which the connection ends. */
  async ended(): Promise<number> {
    if (this.socket.readyState === WebSocket.CLOSED) throw new Error('The connection has ended before.');
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }

  close(): void {
    this.socket.terminate();
  }

  private async take(isMeant: (text: string) => boolean): Promise<string> {
    const until = Date.now() + TIMEOUT_MS;
    for (;;) {
      const index = this.heard.findIndex(isMeant);
      if (index >= 0) return this.heard.splice(index, 1)[0] ?? '';
      await this.more(until - Date.now());
    }
  }

  private more(withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`Nothing was heard; so far: ${this.heard.join('\n')}`));
      }, withinMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Orders and websockets at one simulator. */
export class SocketFixture {
  readonly clients: SocketClient[] = [];

  private constructor(readonly orders: OrderFixture) {}

  static async open(settings: Partial<SimulatorSettings> = {}): Promise<SocketFixture> {
    return new SocketFixture(await OrderFixture.open(settings));
  }

  get server() {
    return this.orders.server;
  }

  get simulator() {
    return this.orders.server.simulator;
  }

  async approval(
    host: KisHost,
    account: Pick<DemoAccount, 'appKey' | 'appSecret'> = this.server.demo(host),
  ): Promise<string> {
    const body = { grant_type: 'client_credentials', appkey: account.appKey, secretkey: account.appSecret };
    const { json } = await this.server.ask(host, '/oauth2/Approval', { method: 'POST', body });
    return String(json['approval_key']);
  }

  /** A connected client with an approval key; another key can be given. */
  async connect(host: KisHost, approvalKey?: string): Promise<SocketClient> {
    const { realSocketUrl, mockSocketUrl } = this.simulator;
    const url = `${(host === 'real' ? realSocketUrl : mockSocketUrl) ?? ''}/tryitout`;
    const client = await SocketClient.open(url, approvalKey ?? (await this.approval(host)));
    this.clients.push(client);
    return client;
  }

  /** Lets time pass and has everything sent that is due. */
  pass(seconds: number): void {
    this.server.pass(seconds);
    this.simulator.push();
  }

  /** Waits until the simulator has heard of something. */
  async happened(detail: string): Promise<void> {
    while (!this.simulator.socketEvents.some((event) => event.detail === detail)) await setImmediate();
  }

  control(path: string, body: object) {
    return this.server.ask('mock', `/__sim/${path}`, { method: 'POST', body });
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.server.close();
  }
}

/** The columns of each record of a plain frame. */
export function recordsOf(frame: string): string[][] {
  const [, , count = '1', body = ''] = frame.split('|');
  const columns = body.split('^');
  const width = columns.length / Number(count);
  return Array.from({ length: Number(count) }, (_, index) =>
    columns.slice(index * width, (index + 1) * width),
  );
}

/** The columns of an encrypted frame, by key and vector of its acknowledgement. */
export function decrypted(frame: string, { body }: Control): string[] {
  const { key = '', iv = '' } = body?.output ?? {};
  const decipher = createDecipheriv('aes-256-cbc', Buffer.from(key), Buffer.from(iv));
  const text = decipher.update(frame.split('|')[3] ?? '', 'base64', 'utf8') + decipher.final('utf8');
  return text.split('^');
}
