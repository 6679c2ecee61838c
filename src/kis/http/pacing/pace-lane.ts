import { onAbort } from '../../abort-listeners';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisRateLimitedError } from '../../kis.errors';
import type { KisPermit, KisReservation } from './kis-request-pacer';
import type { Pace } from './pace';
import { firstInTurn, RESERVED_FOR_MS, type Reserved, type Waiter } from './pace-queue';
import type { AnsweredPermit, PermitAnswer, PermitLog } from './permit-log';

/**
 * The queue of one app key in one process. It requests permits from the log for all waiting calls, one request at a
 * time: when a call arrives or is answered, and when a permit can become free. Without waiting calls no timer runs.
 */
export class PaceLane {
  /** In the order of arrival. */
  private readonly queue = new Set<Waiter>();
  private readonly reserved = new Set<Reserved>();
  private openReservations = 0;
  private answered: { readonly id: string; readonly at: number }[] = [];
  private looking = false;
  /** The number of waiting orders has changed since the last request. */
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

  /** A permit at once; `null` when other calls wait, when the log is not in this process, or when no permit is free. */
  tryAcquire(): KisPermit | null {
    if (this.queue.size > 0) return null;
    const id = this.nextId();
    return this.lookHere([id])?.given === 1 ? this.permit(id) : null;
  }

  acquire(signal: AbortSignal | undefined, isUrgent = false): Promise<KisPermit> {
    if (!isUrgent) this.refuseLongWait();
    const reserved = isUrgent ? this.takeReserved() : null;
    if (reserved?.granted) return Promise.resolve(reserved.granted.permit);
    const waiter = reserved?.waiter ?? this.waiter(isUrgent);
    return new Promise((resolve, reject) => {
      const part = (): void => {
        this.queue.delete(waiter);
        removeListener?.();
      };
      const refuse = (reason: Error): void => {
        part();
        reject(reason);
      };
      const leave = (): void => {
        refuse(signal?.reason as Error);
        if (this.queue.size === 0) this.cancelNextLook();
        if (isUrgent) this.noteOrders();
      };
      waiter.admit = (permit) => {
        part();
        resolve(permit);
      };
      waiter.refuse = refuse;
      const removeListener = signal && onAbort(signal, leave);
      this.queue.add(waiter);
      if (reserved) return; // Its place is in the queue already.
      if (isUrgent) this.noteOrders();
      else if (!this.nextLook) void this.look();
    });
  }

  private noteOrders(): void {
    this.areOrdersUnnoted = true;
    void this.look();
  }

  /** Requests permits for urgent calls that follow; see `KisRequestPacer.reserve`. */
  reserve(calls: number): KisReservation {
    const all = Array.from({ length: Math.min(calls, this.pace.calls) }, () => this.reservation());
    for (const each of all) {
      this.reserved.add(each);
      this.queue.add(each.waiter);
    }
    this.noteOrders();
    let open = true;
    this.openReservations += 1;
    return {
      release: () => {
        if (!open) return;
        open = false;
        this.openReservations -= 1;
        const unused = all.filter((each) => this.reserved.delete(each));
        for (const each of unused) this.giveBack(each);
        if (this.queue.size === 0) this.cancelNextLook();
        if (unused.some(({ granted }) => granted === null)) this.noteOrders();
        else if (this.answered.length > 0) void this.look();
      },
    };
  }

  private reservation(): Reserved {
    const waiter = this.waiter(true);
    const reserved: Reserved = { waiter, granted: null };
    waiter.admit = (permit) => {
      this.queue.delete(waiter);
      reserved.granted = { permit, at: this.clock.monotonic() };
    };
    waiter.refuse = () => {
      this.queue.delete(waiter);
      this.reserved.delete(reserved);
    };
    return reserved;
  }

  /** The next reserved permit that is still valid, or its place in the queue. */
  private takeReserved(): Reserved | null {
    for (const each of this.reserved) {
      this.reserved.delete(each);
      const ageMs = each.granted ? this.clock.monotonic() - each.granted.at : 0;
      if (ageMs <= RESERVED_FOR_MS) return each;
      this.giveBack(each);
    }
    return null;
  }

  /** A permit that is being requested at the moment is given back by `handOut`. */
  private giveBack({ waiter, granted }: Reserved): void {
    if (granted) this.answered.push(this.unused(waiter));
    else this.queue.delete(waiter);
  }

  /** No call was sent with this permit, so it no longer counts. */
  private unused({ id }: Waiter): { readonly id: string; readonly at: number } {
    return { id, at: this.clock.monotonic() - this.pace.windowMs };
  }

  private waiter(isUrgent: boolean): Waiter {
    const unset = (): void => undefined;
    return { id: this.nextId(), since: this.clock.monotonic(), isUrgent, admit: unset, refuse: unset };
  }

  /** Refuses a call that would have to wait too long even if no other process took a permit. */
  private refuseLongWait(): void {
    const now = this.clock.monotonic();
    const { calls, windowMs } = this.pace;
    const waitMs =
      (this.nextLook ? this.nextLook.at - now : 0) + Math.floor(this.queue.size / calls) * windowMs;
    if (waitMs > LONGEST_WAIT_MS) throw this.tooMany(waitMs - LONGEST_WAIT_MS);
  }

  private lookHere(wanted: readonly string[]): PermitAnswer | null {
    if (this.looking) return null;
    const request = { owner: this.owner, wanted, answered: this.answeredAgo() };
    const answer = this.log.lookHere?.(this.credential, this.pace, request) ?? null;
    if (answer !== null) this.answered = [];
    return answer;
  }

  private answeredAgo(): AnsweredPermit[] {
    return this.answered.map(({ id, at }) => ({ id, agoMs: this.clock.monotonic() - at }));
  }

  private nextId(): string {
    return `${this.owner}.${(this.lastNumber += 1)}`;
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const hasNews = (): boolean => this.answered.length > 0 || this.areOrdersUnnoted;
      while (hasNews() || (this.queue.size > 0 && !this.nextLook)) await this.requestPermits();
    } catch (error) {
      for (const waiter of this.queue) waiter.refuse(error as Error);
    } finally {
      this.looking = false;
    }
  }

  private async requestPermits(): Promise<void> {
    const answered = this.answeredAgo();
    this.answered = [];
    this.cancelNextLook();
    this.areOrdersUnnoted = false;
    const { candidates, urgent } = firstInTurn(this.queue, this.pace.calls);
    const wanted = candidates.map(({ id }) => id);
    const request = { owner: this.owner, wanted, answered, urgent };
    const answer = await this.log.look(this.credential, this.pace, request);
    this.handOut(candidates, answer);
    this.refuseOverdue();
    if (answer.given < candidates.length && this.queue.size > 0) this.lookAfter(answer.waitMs);
  }

  private handOut(candidates: readonly Waiter[], { given }: PermitAnswer): void {
    for (const waiter of candidates.slice(0, given)) {
      // A caller that has aborted in the meantime sends nothing, so its permit no longer counts.
      if (this.queue.has(waiter)) waiter.admit(this.permit(waiter.id));
      else this.answered.push(this.unused(waiter));
    }
  }

  private permit(id: string): KisPermit {
    let open = true;
    return {
      answered: () => {
        if (!open) return;
        open = false;
        this.answered.push({ id, at: this.clock.monotonic() });
        // Answers to the calls of one order are reported together at its end, unless a call waits.
        const isAwaited = this.queue.size > 0 || (this.openReservations === 0 && this.lookHere([]) === null);
        if (isAwaited) void this.look();
      },
    };
  }

  private refuseOverdue(): void {
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

  private cancelNextLook(): void {
    this.nextLook?.cancel();
    this.nextLook = null;
  }

  private tooMany(untilRoomMs: number): KisRateLimitedError {
    const { calls, windowMs } = this.pace;
    return new KisRateLimitedError(
      `${this.queue.size} calls are already waiting for app key ${this.credential.maskedAppKey}, which may call KIS ` +
        `${calls} times in ${Math.round(windowMs)} ms. Nothing was sent; send fewer calls, or try again later.`,
      { retryAt: new Date(this.clock.now() + untilRoomMs) },
    );
  }
}

/** A call that would wait longer is refused at once. */
const LONGEST_WAIT_MS = 30_000;
