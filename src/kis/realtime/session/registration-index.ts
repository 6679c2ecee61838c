import { isNoticeTrId } from '../../protocol/realtime-channels';
import { recordsOf } from '../../protocol/realtime-layouts';
import { registrationName, type KisRawFrame, type KisRegistrationAnswer } from './upstream';

/** The registrations of a session, indexed by TR id and key, so that those of a frame are found. */
export class RegistrationIndex<L> {
  private readonly byTrId = new Map<string, Map<string, Registration<L>>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  get all(): Registration<L>[] {
    return [...this.byTrId.values()].flatMap((byKey) => [...byKey.values()]);
  }

  find(trId: string, trKey: string): Registration<L> | null {
    return this.byTrId.get(trId)?.get(trKey) ?? null;
  }

  add(trId: string, trKey: string): Registration<L> {
    const registration = new Registration<L>(trId, trKey);
    const byKey = this.byTrId.get(trId) ?? new Map<string, Registration<L>>();
    this.byTrId.set(trId, byKey.set(trKey, registration));
    this.count += 1;
    return registration;
  }

  remove({ trId, trKey }: Registration<L>): void {
    const byKey = this.byTrId.get(trId);
    if (!byKey?.delete(trKey)) return;
    this.count -= 1;
    if (byKey.size === 0) this.byTrId.delete(trId);
  }

  /** The registrations that a frame belongs to, each with its records. */
  match(frame: Omit<KisRawFrame, 'trKey'>): { registration: Registration<L>; body: string; count: number }[] {
    const byKey = this.byTrId.get(frame.trId);
    if (!byKey) return [];
    const { body, count, trId } = frame;
    const key = firstField(body);
    const registration = byKey.get(key);
    if (isNoticeTrId(trId)) {
      // The HTS id in a frame need not be spelled as it was registered.
      const meant = registration ? [registration] : [...byKey.values()];
      return meant.map((each) => ({ registration: each, body, count }));
    }
    if (count > 1 && byKey.size > 1) return split(byKey, frame);
    // ETN codes begin with a letter that frames may omit.
    const found = registration ?? [...byKey.values()].find(({ trKey }) => trKey === `Q${key}`);
    return found ? [{ registration: found, body, count }] : [];
  }
}

/** A registration that listeners of this process need, whether or not there is a session. */
export class Registration<L> {
  readonly listeners = new Set<L>();
  /** KIS's last answer; `null` while the present session has none. */
  answer: KisRegistrationAnswer | null = null;
  /** Listeners that wait for the answer. */
  readonly waiting = new Map<L, (answer: KisRegistrationAnswer) => void>();
  /** Whether KIS has ever acknowledged it, so that listeners miss data while it is not registered. */
  stood = false;
  /** How many sessions broke before KIS had answered its request. */
  unanswered = 0;
  cancelLinger = (): void => undefined;

  constructor(
    readonly trId: string,
    readonly trKey: string,
  ) {}

  get name(): string {
    return registrationName(this.trId, this.trKey);
  }

  /** Ends the wait of one listener. */
  settleFor(listener: L, answer: KisRegistrationAnswer): void {
    this.waiting.get(listener)?.(answer);
    this.waiting.delete(listener);
  }

  settle(answer: KisRegistrationAnswer): void {
    const waiting = [...this.waiting.values()];
    this.answer = answer;
    this.stood ||= answer.ok;
    this.waiting.clear();
    for (const resolve of waiting) resolve(answer);
  }
}

/** As far as is known, all records of a frame are of one symbol. If they are not, each goes to its own registration. */
function split<L>(
  byKey: ReadonlyMap<string, Registration<L>>,
  { body, count }: Omit<KisRawFrame, 'trKey'>,
): { registration: Registration<L>; body: string; count: number }[] {
  const first = byKey.get(firstField(body));
  const records = recordsOf(body, count);
  // Its width is unknown: it is passed on whole, and reported as unreadable by its reader.
  if (!records) return first ? [{ registration: first, body, count }] : [];
  const found = new Map<Registration<L>, string[]>();
  for (const record of records) {
    const registration = byKey.get(record[0] ?? '');
    if (!registration) continue;
    found.set(registration, [...(found.get(registration) ?? []), record.join('^')]);
  }
  return [...found].map(([registration, texts]) => ({
    registration,
    body: texts.join('^'),
    count: texts.length,
  }));
}

function firstField(body: string): string {
  const end = body.indexOf('^');
  return end < 0 ? body : body.slice(0, end);
}
