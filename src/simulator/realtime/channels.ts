import { type KoreanVenue } from '../market/korean-prices';
import { type KisHost } from '../message';

/** The content of a channel. */
type Topic =
  | 'trades'
  | 'book'
  | 'expectation'
  | 'state'
  | 'overseasTrades'
  | 'overseasBook'
  | 'notices'
  | 'overseasNotices'
  /** It is acknowledged, and nothing comes. */
  | 'nothing'
  /** Its market was abolished on 2026-09-14. */
  | 'retired';

export interface Channel {
  readonly trId: string;
  readonly topic: Topic;
  readonly venue: KoreanVenue;
  readonly hosts: readonly KisHost[];
}

const BOTH: readonly KisHost[] = ['real', 'mock'];
const REAL: readonly KisHost[] = ['real'];
const MOCK: readonly KisHost[] = ['mock'];

const CHANNELS: readonly Channel[] = [
  channel('H0STCNT0', 'trades', 'KRX', BOTH),
  channel('H0NXCNT0', 'trades', 'NXT', REAL),
  channel('H0UNCNT0', 'trades', 'ALL', REAL),
  channel('H0STASP0', 'book', 'KRX', BOTH),
  channel('H0NXASP0', 'book', 'NXT', REAL),
  channel('H0UNASP0', 'book', 'ALL', REAL),
  channel('H0STANC0', 'expectation', 'KRX', REAL),
  channel('H0NXANC0', 'nothing', 'NXT', REAL),
  channel('H0UNANC0', 'expectation', 'ALL', REAL),
  channel('H0STMKO0', 'state', 'KRX', REAL),
  channel('H0NXMKO0', 'nothing', 'NXT', REAL),
  channel('H0UNMKO0', 'state', 'ALL', REAL),
  channel('HDFSCNT0', 'overseasTrades', 'ALL', REAL),
  channel('HDFSASP0', 'overseasBook', 'ALL', REAL),
  channel('H0STCNI0', 'notices', 'ALL', REAL),
  channel('H0STCNI9', 'notices', 'ALL', MOCK),
  channel('H0GSCNI0', 'overseasNotices', 'ALL', REAL),
  channel('H0GSCNI9', 'overseasNotices', 'ALL', MOCK),
  ...['H0STOUP0', 'H0STOAA0', 'H0STOAC0'].map((trId) => channel(trId, 'retired', 'KRX', REAL)),
  // Program trades, brokers, indices and values of funds.
  ...['H0STPGM0', 'H0NXPGM0', 'H0UNPGM0', 'H0STMBC0', 'H0NXMBC0', 'H0UNMBC0'].map(silent),
  ...['H0UPCNT0', 'H0UPANC0', 'H0UPPGM0', 'H0STNAV0'].map(silent),
];

const BY_ID = new Map(CHANNELS.map((known) => [known.trId, known]));

/** The channel of an id at a host, or null where that host does not have it. */
export function channelOf(trId: string, host: KisHost): Channel | null {
  const known = BY_ID.get(trId);
  return known?.hosts.includes(host) ? known : null;
}

export function isNotices({ topic }: Channel): boolean {
  return topic === 'notices' || topic === 'overseasNotices';
}

/** Whether a text has the form of a key of a channel; the key need not exist. */
export function isKeyWellFormed({ topic }: Channel, key: string): boolean {
  if (topic === 'overseasTrades' || topic === 'overseasBook') return /^[DR][A-Z]{3}.{1,12}$/.test(key);
  if (topic === 'notices' || topic === 'overseasNotices') return /^\S{1,12}$/.test(key);
  return /^[0-9A-Z]{4,9}$/.test(key);
}

function channel(trId: string, topic: Topic, venue: KoreanVenue, hosts: readonly KisHost[]): Channel {
  return { trId, topic, venue, hosts };
}

function silent(trId: string): Channel {
  return channel(trId, 'nothing', 'ALL', REAL);
}
