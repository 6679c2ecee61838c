import { LONGEST_TIMER_MS, type KisClock } from '../../clock';
import type { ProxyRules } from '../../transport/proxy-rules';
import { KisWebSocket } from '../../transport/kis-websocket';
import { splitFrame } from '../frame/frame';
import { FrameCiphers } from '../frame/frame-ciphers';
import { readSessionMessage, registrationRequest, type SessionMessage } from './session-messages';
import {
  PENDING,
  UNANSWERED,
  type KisRegistrationAnswer,
  type Upstream,
  type UpstreamHandlers,
} from './upstream';
import type { UpstreamLoss } from './upstream';

/** The session with KIS. Sends requests one after the other, because some answers do not say which request they are for. */
export class WebSocketUpstream implements Upstream {
  heardAt: number;
  private readonly socket: KisWebSocket;
  private readonly ciphers = new FrameCiphers();
  private readonly queue: Outstanding[] = [];
  private current: Outstanding | null = null;
  /** Monotonic milliseconds. */
  private lastMessageAt: number;
  private hasAnswered = false;
  private ended = false;
  private cancelAnswerTimer = (): void => undefined;
  private cancelSilenceTimer = (): void => undefined;

  constructor(
    private readonly options: WebSocketUpstreamOptions,
    private readonly handlers: UpstreamHandlers,
  ) {
    const { url, proxies, clock } = options;
    this.heardAt = clock.now();
    this.lastMessageAt = clock.monotonic();
    this.socket = new KisWebSocket(
      { url, proxies, clock, timeoutMs: CONNECT_TIMEOUT_MS },
      {
        open: () => {
          this.hear();
          this.watchSilence();
          handlers.opened();
        },
        text: (text) => {
          this.hear();
          this.take(text);
        },
        ping: () => {
          this.hear();
        },
        closed: (reason) => {
          this.lose('broken', reason);
        },
      },
    );
  }

  register(trId: string, trKey: string): Promise<KisRegistrationAnswer> {
    return this.request('1', trId, trKey);
  }

  release(trId: string, trKey: string): void {
    void this.request('2', trId, trKey);
  }

  close(): void {
    this.lose('ended', 'it is no longer needed');
  }

  private request(type: '1' | '2', trId: string, trKey: string): Promise<KisRegistrationAnswer> {
    if (this.ended) return Promise.resolve(PENDING);
    return new Promise((settle) => {
      this.queue.push({ type, trId, trKey, settle });
      this.sendNext();
    });
  }

  private sendNext(): void {
    if (this.current !== null || this.ended) return;
    this.current = this.queue.shift() ?? null;
    if (this.current === null) return;
    const { type, trId, trKey } = this.current;
    this.socket.send(registrationRequest(this.options.approvalKey, type, trId, trKey));
    this.cancelAnswerTimer = this.options.clock.background(ANSWER_TIMEOUT_MS, () => {
      this.giveUpAnswer();
    });
  }

  private giveUpAnswer(): void {
    if (!this.hasAnswered) {
      this.lose('approval-refused', 'KIS did not answer the first registration');
      return;
    }
    this.settle({ ok: false, code: 'NO_ANSWER', message: 'KIS did not answer the registration.' });
  }

  private settle(answer: KisRegistrationAnswer): void {
    this.cancelAnswerTimer();
    const { current } = this;
    this.current = null;
    current?.settle(answer);
    this.sendNext();
  }

  private take(text: string): void {
    const frame = splitFrame(text);
    if (frame) {
      this.takeFrame(frame);
      return;
    }
    const message = readSessionMessage(text);
    if (message?.kind === 'ping') this.socket.send(text);
    else if (message) this.takeAnswer(message);
  }

  private takeFrame({ encrypted, trId, count, body }: NonNullable<ReturnType<typeof splitFrame>>): void {
    const clear = encrypted ? this.ciphers.decrypt(trId, body) : body;
    // A frame that cannot be decrypted is passed on as it is and reported as unreadable, like any other damaged frame.
    this.handlers.frame({ trId, count, body: clear ?? body, encrypted, receivedAt: this.heardAt });
  }

  private takeAnswer({ subject, answer, cipher }: Answer): void {
    if (answer.code === 'OPSP8996') {
      this.lose('in-use', `KIS says ${answer.code} ${answer.message}`);
      return;
    }
    if (answer.code === 'OPSP0011' || answer.code === 'OPSP9994') {
      this.lose('approval-refused', `KIS says ${answer.code} ${answer.message}`);
      return;
    }
    this.hasAnswered = true;
    if (subject && cipher) this.ciphers.put(subject.trId, subject.trKey, cipher);
    const { current } = this;
    const isAboutIt = !subject || (subject.trId === current?.trId && subject.trKey === current.trKey);
    if (current && isAboutIt) this.settle(answer);
  }

  private hear(): void {
    this.heardAt = this.options.clock.now();
    this.lastMessageAt = this.options.clock.monotonic();
  }

  private watchSilence(): void {
    const { clock } = this.options;
    const left = SILENCE_MS - (clock.monotonic() - this.lastMessageAt);
    if (left <= 0) {
      this.lose('silent', `nothing came for ${SILENCE_MS / 1000} s`);
      return;
    }
    this.cancelSilenceTimer = clock.background(Math.min(left, LONGEST_TIMER_MS), () => {
      this.watchSilence();
    });
  }

  private lose(loss: UpstreamLoss, detail: string): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelAnswerTimer();
    this.cancelSilenceTimer();
    this.socket.close(detail);
    this.current?.settle(loss === 'broken' ? UNANSWERED : PENDING);
    for (const each of this.queue) each.settle(PENDING);
    this.queue.length = 0;
    this.current = null;
    this.handlers.lost(loss, detail);
  }
}

export interface WebSocketUpstreamOptions {
  readonly url: URL;
  readonly approvalKey: string;
  readonly proxies: ProxyRules;
  readonly clock: KisClock;
}

/** A request that KIS has not answered yet. */
interface Outstanding {
  readonly trId: string;
  readonly trKey: string;
  readonly type: '1' | '2';
  readonly settle: (answer: KisRegistrationAnswer) => void;
}

type Answer = Extract<SessionMessage, { kind: 'answer' }>;

/** KIS sends PINGPONG even while markets are closed: silence this long means a dead connection. */
const SILENCE_MS = 90_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** KIS answers a request at once. If it never answers any, it does not know the approval key of the session. */
const ANSWER_TIMEOUT_MS = 10_000;
