import { type Random, uuid } from '../random';

interface Approval {
  readonly appKey: string;
  readonly expiresAt: number;
}

/** An approval key lives for 24 hours (KIS portal, 실시간 (웹소켓) 접속키 발급); an open session outlives it. */
const LIFE_MS = 86_400_000;

/** Keys that open the websocket. Every request makes a new one; older ones stay good [inferred]. */
export class Approvals {
  private readonly issued = new Map<string, Approval>();

  constructor(private readonly random: Random) {}

  issue(appKey: string, now: number): string {
    const key = uuid(this.random);
    this.issued.set(key, { appKey, expiresAt: now + LIFE_MS });
    return key;
  }

  /** The app key that an approval key stands for, or null where it is unknown or has expired. */
  appKeyOf(approvalKey: string, now: number): string | null {
    const approval = this.issued.get(approvalKey);
    return approval && now < approval.expiresAt ? approval.appKey : null;
  }

  clear(): void {
    this.issued.clear();
  }
}
