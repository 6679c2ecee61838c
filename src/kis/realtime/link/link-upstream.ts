import type { KisClock } from '../../clock';
import type { LinkChannel, LinkTransport } from './link-transport';
import { readLinkMessage, type FollowerMessage } from './link-messages';
import type { SessionLink } from '../claim/session-claim-rules';
import {
  PENDING,
  type KisRegistrationAnswer,
  type Upstream,
  type UpstreamHandlers,
  type UpstreamLoss,
} from '../session/upstream';

/** The session of another process, over a link to it. */
export class LinkUpstream implements Upstream {
  heardAt: number;
  private readonly channel: LinkChannel;
  private readonly waiting = new Map<number, (answer: KisRegistrationAnswer) => void>();
  private lastId = 0;
  private ended = false;
  /** Monotonic milliseconds. */
  private lastMessageAt: number;
  private cancelSilenceTimer: () => void;

  constructor(
    transport: LinkTransport,
    link: SessionLink,
    private readonly handlers: UpstreamHandlers,
    private readonly clock: KisClock,
  ) {
    this.heardAt = clock.now();
    this.lastMessageAt = clock.monotonic();
    this.cancelSilenceTimer = this.watch(SILENCE_MS);
    this.channel = transport.connect(link, {
      text: (text) => {
        this.take(text);
      },
      closed: () => {
        this.lose('broken', 'the process with the session has ended');
      },
    });
  }

  register(trId: string, trKey: string): Promise<KisRegistrationAnswer> {
    if (this.ended) return Promise.resolve(PENDING);
    const id = (this.lastId += 1);
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send({ kind: 'register', id, trId, trKey });
    });
  }

  release(trId: string, trKey: string): void {
    this.send({ kind: 'release', trId, trKey });
  }

  close(): void {
    this.lose('ended', 'it is no longer needed');
  }

  private send(message: FollowerMessage): void {
    if (!this.ended) this.channel.send(JSON.stringify(message));
  }

  private take(text: string): void {
    const message = readLinkMessage(text);
    if (this.ended || !message) return;
    this.heardAt = this.clock.now();
    this.lastMessageAt = this.clock.monotonic();
    switch (message.kind) {
      case 'up':
        this.handlers.opened();
        return;
      case 'down':
        this.giveUpAnswers();
        this.handlers.suspended(message.detail);
        return;
      case 'frame':
        this.handlers.frame(message.frame);
        return;
      case 'answer':
        this.waiting.get(message.id)?.(message.answer);
        this.waiting.delete(message.id);
        return;
      default:
    }
  }

  private watch(delayMs: number): () => void {
    return this.clock.background(delayMs, () => {
      const left = SILENCE_MS - (this.clock.monotonic() - this.lastMessageAt);
      if (left > 0) this.cancelSilenceTimer = this.watch(left);
      else this.lose('silent', 'the process with the session does not answer');
    });
  }

  private lose(loss: UpstreamLoss, detail: string): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelSilenceTimer();
    this.channel.close();
    this.giveUpAnswers();
    this.handlers.lost(loss, detail);
  }

  private giveUpAnswers(): void {
    for (const resolve of this.waiting.values()) resolve(PENDING);
    this.waiting.clear();
  }
}

/** The process that has the session sends `alive` every second; after this long without a message it counts as silent. */
const SILENCE_MS = 5000;
