import type { SessionLink } from '../claim/session-claim-rules';
import type { Upstream, UpstreamHandlers } from './upstream';

/** The ports of a `SessionConnection`: how it reaches KIS and the other processes. */
export interface ConnectionPorts {
  /** A key for KIS's websocket. Rejects as `ApprovalKeys.get` does. */
  approvalKey(refused: string | null): Promise<string>;
  /** Begins to connect to KIS. */
  connect(approvalKey: string, handlers: UpstreamHandlers): Upstream;
  /** Begins to connect to the process that owns the session. */
  join(link: SessionLink, handlers: UpstreamHandlers): Upstream;
  /** The address at which other processes reach this one; `null` when they cannot. */
  listen(): Promise<SessionLink | null>;
  /** Disconnects the processes that use the session of this one. */
  dismiss(): void;
}

/** The callbacks of a `SessionConnection`. */
export interface ConnectionHandlers {
  opened(upstream: Upstream): void;
  frame: UpstreamHandlers['frame'];
  /** There is no session; a new one is being opened. `detail` is human-readable. Also called after each failed attempt. */
  lost(detail: string): void;
}
