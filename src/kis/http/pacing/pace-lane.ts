import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisRateLimitedError } from '../../kis.errors';
import type { KisPermit } from './kis-request-pacer';
import type { Pace } from './pace';
import type { PermitAnswer, PermitLog } from './permit-log';

/** A call that would wait longer is better told so. */
const LONGEST_WAIT_MS = 30_000;

interface Waiter {
  /** Of the permit that it is to get. */
  readonly id: string;
  readonly since: number;
  /** Goes before all that are not. */
  readonly isUrgent: boolean;
  readonly admit: (permit: KisPermit) => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * The queue of one app key in one process. It asks the log for all who wait, one request at a time: when somebody
 * comes, when an answer has come, and when the next permit can be free. No timer runs while nobody waits.
 */
export class PaceLane {
  /** In the order of arrival. */
  private readonly queue = new Set<Waiter>();
  private answered: { readonly id: string; readonly at: number }[] = [];
  private looking = false;
  /** Orders have come or gone that the log does not know of yet: reads of other processes are to give way to them. */
  private areOrdersUnnoted = false;
  private nextLook: { readonly at: number; readonly cancel: () => void } | null = null;
  private lastNumber = 0;

  constructor(
    private readonly credential: KisCredential,
    private readonly pace: Pace,
    private readonly owner: string,
    private readonly log: PermitLog,
    private readonly clock: KisClock,
  ) {}

  acquire(signal: AbortSignal | undefined, isUrgent = false): Promise<KisPermit> {
    if (!isUrgent) this.refuseLongWait();
    return new Promise((resolve, reject) => {
      const part = (): void => {
        this.queue.delete(waiter);
        signal?.removeEventListener('abort', leave);
      };
      const refuse = (reason: Error): void => {
        part();
        reject(reason);
      };
      const leave = (): void => {
        refuse(signal?.reason as Error);
        if (this.queue.size === 0) this.rest();
        if (isUrgent) this.noteOrders();
      };
      const admit = (permit: KisPermit): void => {
        part();
        resolve(permit);
      };
      const id = `${this.owner}.${(this.lastNumber += 1)}`;
      const waiter: Waiter = { id, since: this.clock.monotonic(), isUrgent, admit, refuse };
      signal?.addEventListener('abort', leave, { once: true });
      this.queue.add(waiter);
      if (isUrgent) this.noteOrders();
      else if (!this.nextLook) void this.look();
    });
  }

  private noteOrders(): void {
    this.areOrdersUnnoted = true;
    void this.look();
  }

  /** At least so long, should nobody else take what becomes free. */
  private refuseLongWait(): void {
    const now = this.clock.monotonic();
    const { calls, windowMs } = this.pace;
    const waitMs =
      (this.nextLook ? this.nextLook.at - now : 0) + Math.floor(this.queue.size / calls) * windowMs;
    if (waitMs > LONGEST_WAIT_MS) throw this.tooMany(waitMs - LONGEST_WAIT_MS);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.hasNews || (this.queue.size > 0 && !this.nextLook)) await this.ask();
    } catch (error) {
      for (const waiter of this.queue) waiter.refuse(error as Error);
    } finally {
      this.looking = false;
    }
  }

  private get hasNews(): boolean {
    return this.answered.length > 0 || this.areOrdersUnnoted;
  }

  private async ask(): Promise<void> {
    const now = this.clock.monotonic();
    const answered = this.answered.map(({ id, at }) => ({ id, agoMs: now - at }));
    this.answered = [];
    this.rest();
    this.areOrdersUnnoted = false;
    const { asking, urgent } = this.firstInTurn();
    const wanted = asking.map(({ id }) => id);
    const request = { owner: this.owner, wanted, answered, urgent };
    const answer = await this.log.look(this.credential, this.pace, request);
    this.handOut(asking, answer);
    this.refuseTheTired();
    if (answer.given < asking.length && this.queue.size > 0) this.lookAfter(answer.waitMs);
  }

  /** Orders before everything else, each in the order of arrival. */
  private firstInTurn(): { readonly asking: readonly Waiter[]; readonly urgent: number } {
    const { calls } = this.pace;
    const all = [...this.queue];
    const urgent = all.filter(({ isUrgent }) => isUrgent);
    if (urgent.length === 0) return { asking: all.slice(0, calls), urgent: 0 };
    const others = all.filter(({ isUrgent }) => !isUrgent);
    return { asking: [...urgent, ...others].slice(0, calls), urgent: urgent.length };
  }

  private handOut(asking: readonly Waiter[], { given }: PermitAnswer): void {
    for (const waiter of asking.slice(0, given)) {
      // Whoever has left meanwhile sends nothing: that permit counts no more.
      if (this.queue.has(waiter)) waiter.admit(this.permit(waiter.id));
      else this.answered.push({ id: waiter.id, at: this.clock.monotonic() - this.pace.windowMs });
    }
  }

  private permit(id: string): KisPermit {
    let open = true;
    return {
      answered: () => {
        if (!open) return;
        open = false;
        this.answered.push({ id, at: this.clock.monotonic() });
        void this.look();
      },
    };
  }

  /** Others may have taken what was to be had. */
  private refuseTheTired(): void {
    const now = this.clock.monotonic();
    for (const waiter of this.queue) {
      if (waiter.since + LONGEST_WAIT_MS > now) return;
      waiter.refuse(this.tooMany(0));
    }
  }

  private lookAfter(waitMs: number): void {
    const delayMs = Math.max(1, Math.min(Math.ceil(waitMs), LONGEST_WAIT_MS));
    const cancel = this.clock.after(delayMs, () => {
      this.nextLook = null;
      void this.look();
    });
    this.nextLook = { at: this.clock.monotonic() + delayMs, cancel };
  }

  private rest(): void {
    this.nextLook?.cancel();
    this.nextLook = null;
  }

  private tooMany(untilSenseMs: number): KisRateLimitedError {
    const { calls, windowMs } = this.pace;
    return new KisRateLimitedError(
      `${this.queue.size} calls are already waiting for app key ${this.credential.maskedAppKey}, which may call KIS ` +
        `${calls} times in ${Math.round(windowMs)} ms. Nothing was sent; send fewer calls, or try again later.`,
      { retryAt: new Date(this.clock.now() + untilSenseMs) },
    );
  }
}
