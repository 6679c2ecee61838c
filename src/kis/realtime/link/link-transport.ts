import type { SessionLink } from '../claim/session-claim-rules';

/** One end of a connection between two processes, which exchange texts in order. */
export interface LinkChannel {
  send(text: string): void;
  /** Ends the connection for both sides. No handler is called afterwards. */
  close(): void;
}

/** The callbacks of a {@link LinkChannel}. */
export interface LinkHandlers {
  text(text: string): void;
  /** The other side has ended or cannot be reached; the last callback. */
  closed(): void;
}

/** The port through which the processes of a store reach the one that has the session. */
export interface LinkTransport {
  /**
   * Lets other processes connect that know the secret of the link.
   * @param accept is called for each, and returns the handlers of its connection.
   * @returns the link under which they reach this process; `null` when they cannot.
   */
  listen(accept: (channel: LinkChannel) => LinkHandlers): Promise<SessionLink | null>;
  connect(link: SessionLink, handlers: LinkHandlers): LinkChannel;
  close(): void;
}
