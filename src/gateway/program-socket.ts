import type { WebSocket } from 'ws';
import type { KisRawFrame, KisRawListener, KisRealtimeSession, KisTradingMode } from '../kis';
import type { GatewayCaller } from './gateway-callers';
import { inColumns } from './frame-columns';
import {
  acknowledgement,
  frameText,
  isNotices,
  isPingPong,
  newCipher,
  readRequest,
  refusal,
  type SocketRequest,
  type Subject,
} from './socket-messages';

/** The websocket of one program, which behaves like KIS's own. */
export class ProgramSocket {
  caller: GatewayCaller | null = null;
  private readonly cipher = newCipher();
  private readonly registered = new Map<string, Registered>();
  private listener: KisRawListener | null = null;
  /** Requests are answered one after another. */
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly mode: KisTradingMode,
    private readonly socket: WebSocket,
    private readonly services: SocketServices,
  ) {
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.receive(Buffer.isBuffer(data) ? data.toString('utf8') : '');
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.listener?.close();
      this.listener = null;
    });
  }

  get registrations(): Subject[] {
    return [...this.registered.values()].map(({ trId, trKey }) => ({ trId, trKey }));
  }

  /** When the session at KIS was lost; epoch milliseconds. `null` while there is one, and when nothing is registered. */
  get lostSince(): number | null {
    if (!this.caller || this.registered.size === 0) return null;
    return this.services.session(this.caller).lostSince;
  }

  send(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MOST_UNSENT_BYTES) this.socket.terminate();
    else this.socket.send(text);
  }

  /** Disconnects as KIS does: without a closing message. */
  drop(): void {
    this.socket.terminate();
  }

  close(): void {
    this.socket.close(1001);
  }

  private receive(text: string): void {
    if (isPingPong(text)) return;
    const request = readRequest(text);
    if (typeof request === 'string') {
      this.send(refusal(request));
      return;
    }
    this.turn = this.turn
      .then(() => this.handle(request))
      .catch(() => {
        // The store of keys cannot be read: same as when KIS is out of service.
        this.drop();
      });
  }

  private async handle(request: SocketRequest): Promise<void> {
    const caller = await this.services.callerWith(this.mode, request.approvalKey);
    if (!caller) this.send(refusal('OPSP0011', request));
    else if (this.caller && this.caller.name !== caller.name) this.send(refusal('OPSP9994', request));
    else {
      this.caller = caller;
      if (request.isRelease) this.release(request);
      else await this.register(caller, request);
    }
  }

  private async register(caller: GatewayCaller, { trId, trKey }: SocketRequest): Promise<void> {
    const subject = { trId, trKey };
    const problem = noticeProblem(caller, subject);
    if (problem) {
      this.send(refusal(problem, subject));
      return;
    }
    const name = nameOf(subject);
    const isNew = !this.registered.has(name);
    if (isNew) this.registered.set(name, { ...subject, early: [] });
    const answer = await this.listening(caller).register(trId, trKey);
    if (answer.ok || answer.code === 'PENDING') {
      this.send(acknowledgement('OPSP0000', subject, isNotices(trId), this.cipher));
      this.flush(name);
      return;
    }
    if (isNew) this.registered.delete(name);
    if (answer.code === 'OPSP0008') this.services.full(caller, subject);
    this.send(refusal(answer.code, subject, answer.message));
  }

  private release(subject: Subject): void {
    const { trId, trKey } = subject;
    this.registered.delete(nameOf(subject));
    const isReleased = this.listener?.release(trId, trKey) ?? false;
    this.send(
      isReleased
        ? acknowledgement('OPSP0001', subject, isNotices(trId), this.cipher)
        : refusal('OPSP0003', subject),
    );
  }

  private listening(caller: GatewayCaller): KisRawListener {
    if (this.listener) return this.listener;
    const listener = this.services.session(caller).open({
      frame: (frame) => {
        this.frame(caller, frame);
      },
      refused: ({ trId, trKey }, answer) => {
        this.registered.delete(nameOf({ trId, trKey }));
        this.send(refusal(answer.code, { trId, trKey }, answer.message));
      },
    });
    // The program may have disconnected while its request waited.
    if (this.socket.readyState !== this.socket.OPEN) listener.close();
    else this.listener = listener;
    return listener;
  }

  private frame(caller: GatewayCaller, frame: KisRawFrame): void {
    const registered = this.registered.get(nameOf(frame));
    if (!registered) return;
    if (registered.early) {
      if (registered.early.length < MOST_EARLY_FRAMES) registered.early.push(frame);
      return;
    }
    const body = inColumns(frame, caller.columns);
    if (body === null) this.services.unfit(caller, frame);
    else this.send(frameText(frame.trId, frame.count, body, frame.encrypted ? this.cipher : null));
  }

  private flush(name: string): void {
    const registered = this.registered.get(name);
    if (!registered?.early || !this.caller) return;
    const { early } = registered;
    registered.early = null;
    for (const frame of early) this.frame(this.caller, frame);
  }
}

/** What a connection needs from the gateway. */
export interface SocketServices {
  /** The caller with this approval key; `null` when there is none. */
  callerWith(mode: KisTradingMode, approvalKey: string): Promise<GatewayCaller | null>;
  session(caller: GatewayCaller): KisRealtimeSession;
  /** Reports a registration beyond KIS's 41. */
  full(caller: GatewayCaller, subject: Subject): void;
  /** Reports a frame that does not fit into the layout of the program. */
  unfit(caller: GatewayCaller, frame: KisRawFrame): void;
}

interface Registered extends Subject {
  /** Frames received before the acknowledgement was sent; `null` afterwards. */
  early: KisRawFrame[] | null;
}

/** A program with more unsent bytes does not read, and is disconnected. */
const MOST_UNSENT_BYTES = 8_000_000;
/** Frames that are kept until their acknowledgement was sent; there are never many. */
const MOST_EARLY_FRAMES = 100;

/** Refuses a wrong HTS id here: KIS would end the session that all programs share. */
function noticeProblem(
  { allow, account }: GatewayCaller,
  { trId, trKey }: Subject,
): 'KAPI0004' | 'OPSP8992' | null {
  if (!isNotices(trId)) return null;
  if (allow === 'read') return 'KAPI0004';
  return account.htsId !== '' && account.htsId !== trKey ? 'OPSP8992' : null;
}

function nameOf({ trId, trKey }: Subject): string {
  return `${trId} ${trKey}`;
}
