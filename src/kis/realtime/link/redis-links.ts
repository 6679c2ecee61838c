import { randomBytes } from 'node:crypto';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { KisRedis } from '../../redis/kis-redis';
import type { LinkChannel, LinkHandlers, LinkTransport } from './link-transport';
import type { SessionLink } from '../claim/session-claim-rules';

/**
 * Links between processes on all machines that share a Redis: each has an inbox, a channel of pub/sub there. A client that
 * can read it can read the tokens as well. A lost message ends the link.
 */
export class RedisLinks implements LinkTransport {
  private readonly inbox: string;
  private readonly secret = randomBytes(16).toString('hex');
  private readonly peers = new Map<string, Peer>();
  private accept: ((channel: LinkChannel) => LinkHandlers) | null = null;
  private listening = false;
  /** Whether messages to the inbox arrive, which takes a moment after the subscription. */
  private ready = false;

  constructor(
    private readonly redis: KisRedis,
    credential: KisCredential,
    private readonly clock: KisClock,
  ) {
    this.inbox = redis.keyFor(credential, `realtime:${randomBytes(8).toString('hex')}`);
  }

  listen(accept: (channel: LinkChannel) => LinkHandlers): Promise<SessionLink> {
    this.accept = accept;
    this.begin();
    return Promise.resolve({ address: this.inbox, secret: this.secret });
  }

  connect({ address, secret }: SessionLink, handlers: LinkHandlers): LinkChannel {
    this.begin();
    this.add(address, handlers);
    this.openWhenReady(address, secret);
    this.beat(address);
    return this.channelTo(address);
  }

  close(): void {
    this.accept = null;
    for (const address of [...this.peers.keys()]) this.end(address, true);
  }

  private begin(): void {
    if (this.listening) return;
    this.listening = true;
    this.redis.listen(this.inbox, (message) => {
      if (message === null) for (const address of [...this.peers.keys()]) this.end(address, true);
      else this.take(message);
    });
  }

  /** Sends `open` only once the inbox receives messages, so that the reply is not lost. */
  private openWhenReady(address: string, secret: string): void {
    if (!this.peers.has(address)) return;
    if (this.ready) {
      this.send(address, 'open', secret);
      return;
    }
    this.send(this.inbox, 'ready', '');
    this.clock.background(READY_EVERY_MS, () => {
      this.openWhenReady(address, secret);
    });
  }

  private take(message: string): void {
    this.ready = true;
    const [from, kind, text] = JSON.parse(message) as [string, Kind, string];
    const peer = this.peers.get(from);
    if (peer) peer.heardAt = this.clock.monotonic();
    if (kind === 'open' && text === this.secret && this.accept) this.welcome(from, this.accept);
    else if (kind === 'text') peer?.handlers.text(text);
    else if (kind === 'close') this.end(from, false);
    // The sender still uses a link that this process has closed.
    if (!peer && kind === 'alive') this.send(from, 'close', '');
  }

  private welcome(from: string, accept: (channel: LinkChannel) => LinkHandlers): void {
    this.end(from, false);
    this.add(from, accept(this.channelTo(from)));
  }

  private add(address: string, handlers: LinkHandlers): void {
    const peer: Peer = { handlers, heardAt: this.clock.monotonic(), cancel: () => undefined };
    this.peers.set(address, peer);
    this.watch(address, peer);
  }

  private watch(address: string, peer: Peer): void {
    peer.cancel = this.clock.background(SILENCE_MS, () => {
      if (this.clock.monotonic() - peer.heardAt >= SILENCE_MS) this.end(address, true);
      else this.watch(address, peer);
    });
  }

  private beat(address: string): void {
    this.clock.background(ALIVE_EVERY_MS, () => {
      if (!this.peers.has(address)) return;
      this.send(address, 'alive', '');
      this.beat(address);
    });
  }

  private channelTo(address: string): LinkChannel {
    return {
      send: (text) => {
        this.send(address, 'text', text);
      },
      close: () => {
        const peer = this.peers.get(address);
        if (!peer) return;
        peer.cancel();
        this.peers.delete(address);
        this.send(address, 'close', '');
      },
    };
  }

  private end(address: string, notifiesPeer: boolean): void {
    const peer = this.peers.get(address);
    if (!peer) return;
    peer.cancel();
    this.peers.delete(address);
    if (notifiesPeer) this.send(address, 'close', '');
    peer.handlers.closed();
  }

  /** A message that Redis does not accept is noticed by silence. */
  private send(address: string, kind: Kind, text: string): void {
    this.redis.run(PUBLISH, [address], JSON.stringify([this.inbox, kind, text])).catch(() => undefined);
  }
}

const PUBLISH = `return redis.call('PUBLISH', KEYS[1], ARGV[1])`;
/** How often a process sends `alive` over a link that it uses. */
const ALIVE_EVERY_MS = 2000;
/** How often a process checks whether its inbox receives messages. */
const READY_EVERY_MS = 50;
/** A process that has sent nothing for this long counts as ended. */
const SILENCE_MS = 8000;

type Kind = 'ready' | 'open' | 'text' | 'alive' | 'close';

/** The other end of a link. */
interface Peer {
  readonly handlers: LinkHandlers;
  /** Monotonic milliseconds. */
  heardAt: number;
  cancel: () => void;
}
