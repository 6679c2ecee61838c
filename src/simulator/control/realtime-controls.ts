import { type Brokerage } from '../brokerage';
import { type IncomingCall } from '../message';
import { type RealtimeSession } from '../realtime/session';
import { shortKey } from '../secrecy';
import { BadControlError, type Control, ROOT, membersOf } from './control';

/** Controls of websockets. */
export const REALTIME_CONTROLS: readonly Control[] = [
  {
    method: 'GET',
    path: `${ROOT}/realtime`,
    words: 'open websocket sessions, and what happened on websockets, newest last; ?limit=100',
    run: listSessions,
  },
  {
    method: 'POST',
    path: `${ROOT}/realtime/close`,
    words:
      'close sessions: {"code": 1000, "reason": "bye"}, or {"terminate": true} without a close frame; "appKey" for one key',
    run: closeSessions,
  },
  {
    method: 'POST',
    path: `${ROOT}/realtime/ghost`,
    words: 'block an app key as a dead session would: {"appKey": "PStoMm5NMd…", "seconds": 60}',
    run: addGhost,
  },
  {
    method: 'POST',
    path: `${ROOT}/realtime/frame`,
    words: 'send any text to the sessions: {"text": "0|H0STCNT0|001|…"}; "appKey" for one key',
    run: sendFrame,
  },
];

const CLOSE_USAGE =
  'Give {"code": 1000, "reason": ""} for a close frame, {"terminate": true} for none; "appKey" for one key.';

/** GET /__sim/realtime */
function listSessions(call: IncomingCall, { realtime }: Brokerage): object {
  const limit = call.query.has('limit') ? Number(call.query.get('limit')) : 100;
  if (!Number.isInteger(limit) || limit < 1)
    throw new BadControlError('"limit" must be a whole number from 1.');
  return {
    sessions: realtime.sessions.map(shown),
    events: realtime.log.all.slice(-limit).map((event) => ({
      ...event,
      at: new Date(event.at).toISOString(),
      appKey: event.appKey === null ? null : shortKey(event.appKey),
    })),
  };
}

/** POST /__sim/realtime/close */
function closeSessions(call: IncomingCall, { realtime }: Brokerage): object {
  const { appKey, code = 1000, reason = '', terminate = false, ...rest } = membersOf(call);
  const isRight = typeof code === 'number' && typeof reason === 'string' && typeof terminate === 'boolean';
  if (!isRight || Object.keys(rest).length > 0) throw new BadControlError(CLOSE_USAGE);
  const meant = realtime.sessions.filter((session) => isOf(session, appKey));
  for (const { socket } of meant) {
    if (terminate) socket.terminate();
    else closeWith(socket, code, reason);
  }
  return { closed: meant.length };
}

/** POST /__sim/realtime/ghost */
function addGhost(call: IncomingCall, { realtime }: Brokerage): object {
  const { appKey, seconds, ...rest } = membersOf(call);
  if (typeof appKey !== 'string' || typeof seconds !== 'number' || Object.keys(rest).length > 0) {
    throw new BadControlError('Give {"appKey": "PStoMm5NMd…", "seconds": 60}.');
  }
  realtime.claims.haunt(appKey, seconds);
  return { blocked: shortKey(appKey), seconds };
}

/** POST /__sim/realtime/frame */
function sendFrame(call: IncomingCall, { realtime }: Brokerage): object {
  const { appKey = null, text, ...rest } = membersOf(call);
  if (
    typeof text !== 'string' ||
    Object.keys(rest).length > 0 ||
    !(appKey === null || typeof appKey === 'string')
  ) {
    throw new BadControlError('Give {"text": "0|H0STCNT0|001|…"}; "appKey" for one key.');
  }
  return { sentTo: realtime.broadcast(text, appKey) };
}

function closeWith(socket: RealtimeSession['socket'], code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    throw new BadControlError(`A websocket cannot be closed with the code ${code}.`);
  }
}

function isOf(session: RealtimeSession, appKey: unknown): boolean {
  return appKey === undefined || (typeof appKey === 'string' && session.appKey === appKey);
}

function shown(session: RealtimeSession): object {
  const { number, host, appKey, openedAt, pings, pongs, sent } = session;
  return {
    session: number,
    host,
    appKey: appKey === null ? null : shortKey(appKey),
    openedAt: new Date(openedAt).toISOString(),
    registrations: [...session.registrations.values()].map(({ channel, key }) => `${channel.trId} ${key}`),
    pings,
    pongs,
    sent,
  };
}
