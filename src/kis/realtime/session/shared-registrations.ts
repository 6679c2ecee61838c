import type { KisClock } from '../../clock';
import { isNoticeTrId, MOST_REGISTRATIONS } from '../../protocol/realtime-channels';
import { RegistrationIndex, type Registration } from './registration-index';
import type { KisRegistrationKey } from './raw-listener';
import type { SessionListener } from './session-listener';
import { PENDING, UNANSWERED, type KisRawFrame, type KisRegistrationAnswer, type Upstream } from './upstream';

/**
 * The registrations of a process, each shared by any number of listeners and sent to KIS once. They outlive a session at KIS,
 * and are released some seconds after their last listener has left.
 */
export class SharedRegistrations {
  private readonly wanted = new RegistrationIndex<SessionListener>();
  private upstream: Upstream | null = null;
  /** Incremented with each session and each loss, so that answers of an earlier session are ignored. */
  private epoch = 0;
  private cancelIdle = (): void => undefined;

  constructor(
    private readonly clock: KisClock,
    private readonly session: RegisteredSession,
  ) {}

  get size(): number {
    return this.wanted.size;
  }

  /** What is registered, and by how many listeners. */
  get all(): (KisRegistrationKey & { readonly listeners: number })[] {
    return this.wanted.all.map(({ trId, trKey, listeners }) => ({ trId, trKey, listeners: listeners.size }));
  }

  /** Registrations that were acknowledged at least once. */
  get acknowledged(): Registration<SessionListener>[] {
    return this.wanted.all.filter(({ stood }) => stood);
  }

  /** The registrations that a frame belongs to, each with its records. */
  match(frame: Omit<KisRawFrame, 'trKey'>): ReturnType<RegistrationIndex<SessionListener>['match']> {
    return this.wanted.match(frame);
  }

  /** See {@link KisRawListener.register}. */
  async register(listener: SessionListener, trId: string, trKey: string): Promise<KisRegistrationAnswer> {
    const registration = this.wanted.find(trId, trKey) ?? this.added(trId, trKey);
    if (!registration) return { ...FULL, registered: this.all.map(keyOf) };
    registration.cancelLinger();
    registration.listeners.add(listener);
    this.cancelIdle();
    this.session.want();
    return registration.answer?.ok ? registration.answer : this.answerOf(registration, listener);
  }

  release(listener: SessionListener, trId: string, trKey: string): void {
    const registration = this.wanted.find(trId, trKey);
    if (!registration?.listeners.delete(listener)) return;
    registration.settleFor(listener, PENDING);
    if (registration.listeners.size > 0) return;
    registration.cancelLinger();
    registration.cancelLinger = this.clock.background(LINGER_MS, () => {
      this.remove(registration, true);
    });
  }

  /** Registers everything with an upstream, now and whatever is added later. Resolves with whether it is still connected. */
  async renew(upstream: Upstream): Promise<boolean> {
    this.upstream = upstream;
    const epoch = (this.epoch += 1);
    await Promise.all(this.wanted.all.map((registration) => this.send(registration, upstream)));
    return this.epoch === epoch;
  }

  /** There is no session. */
  suspend(): void {
    this.upstream = null;
    this.epoch += 1;
    for (const registration of this.wanted.all) registration.answer = null;
  }

  private answerOf(
    registration: Registration<SessionListener>,
    listener: SessionListener,
  ): Promise<KisRegistrationAnswer> {
    return new Promise((resolve) => {
      // `after` keeps the process alive: a script that awaits the answer must not end before it.
      const cancel = this.clock.after(ANSWER_WAIT_MS, () => {
        registration.waiting.delete(listener);
        resolve(PENDING);
      });
      registration.waiting.set(listener, (answer) => {
        cancel();
        resolve(answer);
      });
    });
  }

  /** A new registration, sent at once if there is a session; `null` when there are too many. */
  private added(trId: string, trKey: string): Registration<SessionListener> | null {
    if (this.wanted.size >= MOST_REGISTRATIONS) {
      const unused = this.wanted.all.find(({ listeners }) => listeners.size === 0);
      if (!unused) return null;
      this.remove(unused, true);
    }
    const registration = this.wanted.add(trId, trKey);
    if (this.upstream) void this.send(registration, this.upstream);
    return registration;
  }

  private remove(registration: Registration<SessionListener>, isAtUpstream: boolean): void {
    registration.cancelLinger();
    this.wanted.remove(registration);
    if (isAtUpstream) this.upstream?.release(registration.trId, registration.trKey);
    if (this.wanted.size > 0) return;
    this.cancelIdle = this.clock.background(IDLE_MS, () => {
      if (this.wanted.size === 0) this.session.giveUp();
    });
  }

  private async send(registration: Registration<SessionListener>, upstream: Upstream): Promise<void> {
    const { epoch } = this;
    const answer = await upstream.register(registration.trId, registration.trKey);
    if (answer === UNANSWERED) this.countUnanswered(registration);
    if (this.epoch !== epoch || answer.code === PENDING.code) return;
    if (answer.ok) registration.settle(answer);
    else this.refuse(registration, answer);
  }

  /** A wrong HTS id ends the session of all listeners, again and again, unless the registration is removed. */
  private countUnanswered(registration: Registration<SessionListener>): void {
    if (registration.stood || !isNoticeTrId(registration.trId)) return;
    registration.unanswered += 1;
    if (registration.unanswered >= MOST_UNANSWERED) this.refuse(registration, ENDS_SESSION);
  }

  private refuse(registration: Registration<SessionListener>, answer: KisRegistrationAnswer): void {
    // Waiting listeners receive the answer itself.
    const notWaiting = [...registration.listeners].filter((each) => !registration.waiting.has(each));
    this.remove(registration, false);
    registration.settle(answer);
    for (const listener of notWaiting) listener.refused(registration, answer);
  }
}

/** How long a registration outlives its last listener: one that returns at once causes no release and no new registration. */
const LINGER_MS = 5000;
/** How long a session outlives its last registration. */
const IDLE_MS = 10_000;
/** How long a caller waits for the answer, and so for a session. */
const ANSWER_WAIT_MS = 10_000;
/** A registration of notices on which this many sessions broke is removed: other listeners need the session. */
const MOST_UNANSWERED = 2;

const ENDS_SESSION: KisRegistrationAnswer = {
  ok: false,
  code: 'SESSION_ENDED',
  message: `KIS ended the session ${MOST_UNANSWERED} times on this registration, as it does for an HTS id that does not belong to the app key.`,
};

const FULL: KisRegistrationAnswer = {
  ok: false,
  code: 'OPSP0008',
  message: `MAX SUBSCRIBE OVER: ${MOST_REGISTRATIONS} channels are registered for this app key.`,
};

/** What the registrations need from their session. */
interface RegisteredSession {
  /** There is a registration, so a session is needed. */
  want(): void;
  /** There has been no registration for some time. */
  giveUp(): void;
}

function keyOf({ trId, trKey }: KisRegistrationKey): KisRegistrationKey {
  return { trId, trKey };
}
