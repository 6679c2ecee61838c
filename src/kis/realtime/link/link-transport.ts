import type { SessionLink } from '../claim/session-claim-rules';

/** Two processes that exchange texts, in order. */
export interface LinkChannel {
  send(text: string): void;
  /** Ends it; the other side learns of it. No handler is called afterwards. */
  close(): void;
}

export interface LinkHandlers {
  text(text: string): void;
  /** The other side has ended or is out of reach; nothing comes afterwards. */
  closed(): void;
}

/** How the processes of a store reach the one that has the session. */
export interface LinkTransport {
  /**
   * Lets other processes connect, as long as they know the secret of the link.
   * @param accept is called for each, with the handlers that it returns from then on.
   */
  listen(accept: (channel: LinkChannel) => LinkHandlers): Promise<SessionLink | null>;
  connect(link: SessionLink, handlers: LinkHandlers): LinkChannel;
  close(): void;
}
