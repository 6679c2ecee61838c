import {
  NOTICE_COLUMNS_2024,
  REALTIME_LAYOUTS,
  recordsOf,
  type RealtimeLayout,
} from '../../protocol/realtime-layouts';
import { readBook, readExpected, readMarketState, readTrade } from './domestic-records';
import { readNotice, readOverseasNotice } from './notice-records';
import { readOverseasBook, readOverseasTrade } from './overseas-records';
import type { KisMarketEvent } from '../realtime-events';
import { UnreadableRecord } from './record-values';
import type { KisRawFrame } from '../session/upstream';

/** A frame for the listeners of a registration. It is parsed once, when its events are first needed. */
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

/** A frame of KIS, split into its parts. */
export interface FrameText {
  readonly encrypted: boolean;
  readonly trId: string;
  readonly count: number;
  /** Records, separated by `^`; base64 while it is encrypted. */
  readonly body: string;
}

/** The events of a frame, or why there are none. */
export type FrameReading =
  { readonly events: readonly KisMarketEvent[] } | { readonly unreadable: string; readonly width: number };

/** Splits `0|H0STCNT0|001|…` into its parts; `null` for any other text. */
export function splitFrame(text: string): FrameText | null {
  const encrypted = text.charCodeAt(0) === 49;
  if ((!encrypted && text.charCodeAt(0) !== 48) || text[1] !== '|') return null;
  const afterId = text.indexOf('|', 2);
  const afterCount = afterId < 0 ? -1 : text.indexOf('|', afterId + 1);
  if (afterCount < 0) return null;
  const count = +text.slice(afterId + 1, afterCount);
  return { encrypted, trId: text.slice(2, afterId), count, body: text.slice(afterCount + 1) };
}

/** A text with more records is not taken for a frame; KIS sends at most six. */
const MOST_RECORDS = 999;

/**
 * The events of a decrypted frame. Columns that KIS has appended are ignored. Too few columns, a count that does not divide
 * the fields, and values that their column cannot have make the whole frame unreadable, so no value is ever shifted. Never
 * throws.
 */
export function readFrame({ trId, count, body }: FrameText, receivedAt: number): FrameReading {
  const layout = Object.hasOwn(REALTIME_LAYOUTS, trId) ? REALTIME_LAYOUTS[trId] : undefined;
  if (!layout) return { unreadable: `there is no layout for ${trId.slice(0, 20)}`, width: 0 };
  if (!Number.isInteger(count) || count < 1 || count > MOST_RECORDS) {
    return { unreadable: 'it names no count of records', width: 0 };
  }
  const records = recordsOf(body, count);
  if (!records) return { unreadable: `its fields do not divide by ${count} records`, width: 0 };
  const width = records[0]?.length ?? 0;
  if (!isKnownWidth(layout, width)) return { unreadable: `it has ${width} columns`, width };
  try {
    return { events: records.map((record) => eventOf(layout, record, receivedAt)) };
  } catch (error) {
    if (error instanceof UnreadableRecord) return { unreadable: error.message, width };
    return { unreadable: 'it could not be read', width };
  }
}

/** Appended columns do not matter, except for notices, whose older layout is not a prefix of the newer one. */
function isKnownWidth({ kind, widths }: RealtimeLayout, width: number): boolean {
  if (kind === 'notice') return width === NOTICE_COLUMNS_2024.length || width >= widths['2025'];
  return width >= widths['2024'];
}

function eventOf(
  { kind, venue }: RealtimeLayout,
  record: readonly string[],
  receivedAt: number,
): KisMarketEvent {
  const at = venue ?? 'KRX';
  switch (kind) {
    case 'trade':
      return { type: 'trade', data: readTrade(record, at) };
    case 'book':
      return { type: 'book', data: readBook(record, at, receivedAt) };
    case 'expected':
      return { type: 'expected', data: readExpected(record, at, receivedAt) };
    case 'market':
      return { type: 'market', data: readMarketState(record, at) };
    case 'overseas-trade':
      return { type: 'trade', data: readOverseasTrade(record) };
    case 'overseas-book':
      return { type: 'book', data: readOverseasBook(record) };
    case 'notice':
      return { type: 'notice', data: readNotice(record) };
    case 'overseas-notice':
      return { type: 'notice', data: readOverseasNotice(record) };
  }
}
