import type { SessionLink } from '../claim/session-claim-rules';
import type { Upstream, UpstreamHandlers } from './upstream';

/** How a connection is made. */
export interface ConnectionPorts {
  /** A key for KIS's websocket. Rejects as `ApprovalKeys.get` does. */
  approvalKey(refused: string | null): Promise<string>;
  /** Begins to connect to KIS. */
  connect(approvalKey: string, handlers: UpstreamHandlers): Upstream;
  /** Begins to connect to the process that has the session. */
  join(link: SessionLink, handlers: UpstreamHandlers): Upstream;
  /** Where other processes find this one; `null` where they cannot. */
  listen(): Promise<SessionLink | null>;
  /** Disconnects the processes that use the session of this one. */
  dismiss(): void;
}

export interface ConnectionHandlers {
  opened(upstream: Upstream): void;
  frame: UpstreamHandlers['frame'];
  /** There is no session; it is being replaced. `detail` is for people. Called after each attempt that failed, too. */
  lost(detail: string): void;
}
