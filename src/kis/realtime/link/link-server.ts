import type { KisClock } from '../../clock';
import type { LinkChannel, LinkHandlers } from './link-transport';
import { readLinkMessage, type OwnerMessage } from './link-messages';
import type { KisRealtimeSession } from '../session/realtime-session';

/** Serves a follower, another process, from the session of this one, as one more listener of that session. */
export function serveFollower(
  session: KisRealtimeSession,
  channel: LinkChannel,
  clock: KisClock,
): LinkHandlers {
  const send = (message: OwnerMessage): void => {
    channel.send(JSON.stringify(message));
  };
  const listener = session.open({
    frame: ({ trId, trKey, count, body, encrypted, receivedAt }) => {
      send({ kind: 'frame', frame: { trId, trKey, count, body, encrypted, receivedAt } });
    },
    state: (state, detail) => {
      send(state === 'connected' ? { kind: 'up' } : { kind: 'down', detail });
    },
  });
  let cancel = (): void => undefined;
  const beat = (): void => {
    send({ kind: 'alive' });
    cancel = clock.background(ALIVE_EVERY_MS, beat);
  };
  beat();
  if (session.state === 'connected') send({ kind: 'up' });
  return {
    text: (text) => {
      const message = readLinkMessage(text);
      if (message?.kind === 'release') listener.release(message.trId, message.trKey);
      if (message?.kind !== 'register') return;
      const { id, trId, trKey } = message;
      // It may have been registered before the session was lost. Registering it again returns KIS's present answer.
      listener.release(trId, trKey);
      void listener.register(trId, trKey).then((answer) => {
        send({ kind: 'answer', id, answer });
      });
    },
    closed: () => {
      cancel();
      listener.close();
    },
  };
}

/** How often a follower is sent an `alive` message. */
const ALIVE_EVERY_MS = 1000;
