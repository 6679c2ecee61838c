import { readFrame, type FrameReading } from './read-frame';
import type { KisRawFrame } from '../session/upstream';

/** A frame on its way to listeners; it is read once, however many want its events. */
export class RawFrame implements KisRawFrame {
  readonly trId: string;
  readonly trKey: string;
  readonly count: number;
  readonly body: string;
  readonly encrypted: boolean;
  readonly receivedAt: number;
  private known: FrameReading | null = null;

  constructor(
    { trId, trKey, count, body, encrypted, receivedAt }: KisRawFrame,
    private readonly onUnreadable: (frame: RawFrame, reason: string) => void = () => undefined,
  ) {
    this.trId = trId;
    this.trKey = trKey;
    this.count = count;
    this.body = body;
    this.encrypted = encrypted;
    this.receivedAt = receivedAt;
  }

  /** Its events, or why it cannot be read. */
  get reading(): FrameReading {
    if (this.known) return this.known;
    this.known = readFrame(this, this.receivedAt);
    if ('unreadable' in this.known) this.onUnreadable(this, this.known.unreadable);
    return this.known;
  }
}
