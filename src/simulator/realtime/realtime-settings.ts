import { MANY, type Rules, TEN_MINUTES_MS, chance, flag, nullOr, oneOf, whole } from '../settings-rules';

/** Settings of the websocket hosts. */
export interface RealtimeSettings {
  /** Registrations of one session, all kinds together. */
  maxRegistrations: number;
  /** A second session of an app key is refused with ALREADY IN USE, or replaces the first. */
  secondSession: 'refused' | 'replaces';
  /** A session that was refused with ALREADY IN USE is closed. */
  refusedSessionCloses: boolean;
  /** How long an app key stays in use after its connection broke without a close frame. */
  ghostSeconds: number;
  /** An unknown or expired approval key: OPSP0011, or no response at all. */
  unknownApproval: 'refused' | 'silent';
  /** Channels whose market is gone (H0STOUP0 …): acknowledged, or refused. */
  retiredChannels: 'acknowledged' | 'refused';
  /** Whether connections are destroyed before their handshake. */
  socketDown: boolean;
  /** Whether nothing is sent any more, pings included, while connections stay open. */
  realtimeSilent: boolean;

  /** Seconds between two PINGPONG messages; not documented. */
  pingSeconds: number;
  /** With each PINGPONG comes a protocol ping as well. */
  protocolPings: boolean;
  /** Seconds after which a session that answers no ping is closed; null: never, which no source contradicts. */
  closeWithoutPongSeconds: number | null;

  /** Milliseconds between two looks at the market. */
  pushEveryMs: number;
  /** Trades between two looks come in one frame with so many records. */
  recordsPerFrame: number;
  /** For load tests: frames a second for every registration, regardless of the market; 0: off. */
  loadFramesPerSecond: number;

  /** Columns of frames: of the time that the clock shows, or of a fixed one (2024, 2025, from 2026-09-14). */
  frameColumns: 'clock' | '2024' | '2025' | '2026';
  /** Columns added at the end of each record, or taken away. */
  extraColumns: number;
  /** Added to the count of records that a frame names. */
  countOff: number;
  /** Sources disagree about these widths. */
  nxtBookColumns: 62 | 65;
  unifiedBookColumns: 66 | 65;
  marketStateColumns: 11 | 10;
  foreignNoticeColumns: 24 | 25;
  /** Levels of foreign books of the United States: 17 columns, or 71. */
  foreignBookLevels: 1 | 10;
  /** `encrypt` of the acknowledgement of order notices. */
  noticeAckEncrypt: 'Y' | 'N';

  /** Delay of order notices. */
  noticeDelayMs: number;
  /** Probability (0 to 1) that an order notice is lost. */
  noticeLoss: number;
}

export const REALTIME_DEFAULTS: Readonly<RealtimeSettings> = {
  maxRegistrations: 41,
  secondSession: 'refused',
  refusedSessionCloses: true,
  ghostSeconds: 0,
  unknownApproval: 'refused',
  retiredChannels: 'acknowledged',
  socketDown: false,
  realtimeSilent: false,
  pingSeconds: 10,
  protocolPings: false,
  closeWithoutPongSeconds: null,
  pushEveryMs: 500,
  recordsPerFrame: 2,
  loadFramesPerSecond: 0,
  frameColumns: 'clock',
  extraColumns: 0,
  countOff: 0,
  nxtBookColumns: 62,
  unifiedBookColumns: 66,
  marketStateColumns: 11,
  foreignNoticeColumns: 25,
  foreignBookLevels: 1,
  noticeAckEncrypt: 'Y',
  noticeDelayMs: 0,
  noticeLoss: 0,
};

const DAY_SECONDS = 86_400;

export const REALTIME_RULES: Rules<RealtimeSettings> = {
  maxRegistrations: whole(1, MANY),
  secondSession: oneOf('refused', 'replaces'),
  refusedSessionCloses: flag,
  ghostSeconds: whole(0, DAY_SECONDS),
  unknownApproval: oneOf('refused', 'silent'),
  retiredChannels: oneOf('acknowledged', 'refused'),
  socketDown: flag,
  realtimeSilent: flag,
  pingSeconds: whole(1, DAY_SECONDS),
  protocolPings: flag,
  closeWithoutPongSeconds: nullOr(whole(1, DAY_SECONDS)),
  pushEveryMs: whole(10, TEN_MINUTES_MS),
  recordsPerFrame: whole(1, 100),
  loadFramesPerSecond: whole(0, 1000),
  frameColumns: oneOf('clock', '2024', '2025', '2026'),
  extraColumns: whole(-10, 10),
  countOff: whole(-10, 10),
  nxtBookColumns: oneOf(62, 65),
  unifiedBookColumns: oneOf(66, 65),
  marketStateColumns: oneOf(11, 10),
  foreignNoticeColumns: oneOf(24, 25),
  foreignBookLevels: oneOf(1, 10),
  noticeAckEncrypt: oneOf('Y', 'N'),
  noticeDelayMs: whole(0, TEN_MINUTES_MS),
  noticeLoss: chance,
};
