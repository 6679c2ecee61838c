import { Injectable, Logger } from '@nestjs/common';
import { KisClock } from '../clock';
import { KisRelay, type KisRelayedRequest } from '../http/kis-relay';
import type { KisAccount } from '../kis-account';
import { KisError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import type { WireResponse } from '../transport/exchange-result';
import { KisOrderCapExceededError } from './kis-order.errors';
import { KisOrderChecks } from './kis-order.checks';
import { KisOrderExecutor } from './kis-order.executor';
import { KisOrderJournal } from './kis-order.journal';
import { KisOrderLists } from './kis-order.lists';
import { KisOrderReconciler } from './kis-order.reconciler';
import { KisOrderSender } from './kis-order.sender';
import { KisOrderSubmitter } from './kis-order.submitter';
import { KisProgramOrderTargets } from './kis-program-order.targets';
import { repeatedBy } from './order-opening';
import { isUnsettled, type OrderRecord } from './order-record';
import { changed } from './order-settlement';
import { programOrderBody, readProgramOrder } from './program-order';
import { equalUnsettled, notPlaced, outcome, type KisProgramOrderAnswer } from './program-order-answer';

/** How long a program is held while the outcome of its order is looked up. */
const HOLD_MS = 9000;
/** For reading what reconciliation needs, before an order is sent. */
const SNAPSHOT = { timeoutMs: 2000, urgent: true };
/** For the token and the turn, on top of what KIS may take. */
const SETUP_MS = 2000;

/**
 * Orders that other programs make for KIS: written into the journal first, sent once and byte for byte as the program made
 * them, under the same switches, caps and kill switch as all orders. A program that repeats an order before it was told
 * what became of it gets the outcome of the first.
 */
@Injectable()
export class KisProgramOrders {
  private readonly logger = new Logger('Orders');
  /** Notes under way that a program has got its answer: the next order waits for them. */
  private readonly notes = new Set<Promise<void>>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly targets: KisProgramOrderTargets,
    private readonly checks: KisOrderChecks,
    private readonly lists: KisOrderLists,
    private readonly journal: KisOrderJournal,
    private readonly executor: KisOrderExecutor,
    private readonly submitter: KisOrderSubmitter,
    private readonly sender: KisOrderSender,
    private readonly reconciler: KisOrderReconciler,
    private readonly relay: KisRelay,
    private readonly clock: KisClock,
  ) {}

  /**
   * Carries out an order. Never rejects because of KIS or the journal: what happened is in the answer. Call
   * {@link delivered} once the program has got it.
   * @param hangUp aborts when the program hangs up: its order is not sent then, unless it is written down already.
   */
  async carryOut(
    account: KisAccount,
    request: KisRelayedRequest,
    { program, hangUp }: { readonly program: string; readonly hangUp: AbortSignal },
  ): Promise<KisProgramOrderAnswer> {
    const answer = await this.attempt(account, request, program, hangUp).catch((error: unknown) => {
      if (!(error instanceof KisError)) throw error;
      const isCap = error instanceof KisOrderCapExceededError;
      return notPlaced(isCap ? 'cap' : 'not-placed', error.message);
    });
    await this.aTurn();
    if (answer.kind === 'not-placed' && !answer.record) {
      const what = `${request.trId.slice(0, 13)} of program "${program}", account "${account.alias}"`;
      this.logger.warn(`An order (${what}) was not sent: ${answer.message}`);
    }
    return answer;
  }

  /** The program has got the answer: an equal order from now on is a new one. */
  delivered(answer: KisProgramOrderAnswer): void {
    const { record } = answer;
    if (answer.kind === 'unknown' || record?.answered !== false) return;
    const note: Promise<void> = this.noteAnswered(record)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.warn(
          `It could not be noted that order "${record.clientOrderId}" was answered: ${reason}`,
        );
      })
      .finally(() => this.notes.delete(note));
    this.notes.add(note);
  }

  private async attempt(
    account: KisAccount,
    request: KisRelayedRequest,
    program: string,
    hangUp: AbortSignal,
  ): Promise<KisProgramOrderAnswer> {
    const { enabled, reason } = this.configuration.orderPolicy(account);
    if (!enabled) return notPlaced('orders-off', reason ?? 'The account may not place orders.');
    const body = programOrderBody(request.body);
    const order = body && readProgramOrder(request, body);
    if (!order)
      return notPlaced(
        'not-placed',
        'Its body is not one flat JSON object in UTF-8, or its quantity or price is not a decimal number.',
      );
    const known = await this.targets.idsNow(account);
    await Promise.all(this.notes);
    const wanted = this.executor.stamped(
      account,
      await this.targets.record(account, request.trId, body, order, program),
    );
    const records = await this.journal.list(wanted.account, wanted.day, wanted.day);
    const first = repeatedBy(wanted, records, { known });
    if (first) return this.outcomeOfFirst(account, first);
    await this.executor.ready(account);
    return this.open(account, await this.prepared(account, wanted, order.isPriceKnown), request, {
      known,
      hangUp,
    });
  }

  /**
   * Lets the process take note of a hang-up that came while it stood still: it becomes known together with what the order
   * waited for, and may be the later of the two.
   */
  private aTurn(): Promise<void> {
    return this.clock.sleep(0);
  }

  /** With its amount, and with the numbers of orders that it cannot be. */
  private async prepared(account: KisAccount, wanted: OrderRecord, isKnown: boolean): Promise<OrderRecord> {
    const [amount, before] = await Promise.all([
      wanted.action === 'cancel' ? '0' : this.amount(account, wanted, isKnown),
      wanted.action === 'place' && wanted.unlisted !== true
        ? this.lists.numbersBefore(account, wanted, SNAPSHOT).catch(() => [])
        : [],
    ]);
    return { ...wanted, amount, before };
  }

  /** An amount that cannot be found out (`isKnown`: the type says what the price means) stops an order only for a cap. */
  private async amount(account: KisAccount, wanted: OrderRecord, isKnown: boolean): Promise<string> {
    const { intent, unlisted = false } = wanted;
    const { caps } = this.configuration.orderPolicy(account);
    const matters = caps.maxAmount !== null || caps.dailyMaxAmount !== null;
    if (matters && (unlisted || !isKnown)) {
      throw new KisOrderCapExceededError(
        'The account has a cap on amounts, and what this kind of order costs is not known here.',
      );
    }
    if (unlisted) return '0';
    try {
      return await this.checks.amount(account, intent, matters ? { urgent: true } : SNAPSHOT);
    } catch (error) {
      if (matters) throw error;
      return '0';
    }
  }

  private async open(
    account: KisAccount,
    wanted: OrderRecord,
    request: KisRelayedRequest,
    { known, hangUp }: { readonly known: ReadonlySet<string>; readonly hangUp: AbortSignal },
  ): Promise<KisProgramOrderAnswer> {
    const until = this.clock.monotonic() + HOLD_MS;
    for (;;) {
      await this.aTurn();
      // It may have repeated the order meanwhile, and got an answer.
      if (hangUp.aborted) return notPlaced('not-placed', 'The program hung up before its order was sent.');
      const record = this.executor.stamped(account, wanted);
      const decision = await this.journal.open(record, this.configuration.orderPolicy(account).caps, known);
      switch (decision.kind) {
        case 'opened':
          return this.send(account, decision.record, request);
        case 'repeated':
        case 'id-reused':
          return this.outcomeOfFirst(account, decision.record);
        case 'trading-stopped':
          return notPlaced(
            'orders-off',
            'Trading is stopped by the kill switch; cancelling remains possible.',
          );
        case 'capped':
          return notPlaced('cap', `It exceeds the cap ${decision.cap} of account "${account.alias}".`);
        case 'equal-unsettled': {
          const leftMs = until - this.clock.monotonic();
          const other = await this.reconciler.settled(account, decision.record, Math.max(0, leftMs));
          if (isUnsettled(other)) return notPlaced('not-placed', equalUnsettled(other));
        }
      }
    }
  }

  private async send(
    account: KisAccount,
    opened: OrderRecord,
    request: KisRelayedRequest,
  ): Promise<KisProgramOrderAnswer> {
    const kis: { response: WireResponse | null } = { response: null };
    const { timeoutMs } = this.configuration.requestPolicy(account.credential);
    const call = { ...this.relay.call(account, request), deadlineMs: timeoutMs + SETUP_MS };
    const attempt = (isTooLate: () => boolean) => {
      kis.response = null;
      const keep = (wire: WireResponse): void => {
        kis.response = wire;
      };
      return this.sender.deliver({ ...call, isTooLate }, keep, opened.unlisted !== true);
    };
    const limitMs = this.executor.limitMs(account);
    const { record, error } = await this.submitter.submit(account, opened, limitMs, attempt);
    if (isUnsettled(record)) return this.held(account, record);
    // The lists of KIS may have told the outcome first: then a response that does not say it is not passed on.
    const isNotPlaced = record.outcome === 'not-placed' && error !== null;
    const { response } = kis;
    if (response !== null && (error === null || isNotPlaced)) return { kind: 'response', response, record };
    return isNotPlaced ? { ...notPlaced('not-placed', error.message), record } : outcome(record);
  }

  private outcomeOfFirst(account: KisAccount, first: OrderRecord): Promise<KisProgramOrderAnswer> {
    this.logger.log(
      `Program "${first.program ?? ''}" repeats order "${first.clientOrderId}", which it was not told the outcome of: it is not sent again.`,
    );
    return this.held(account, first);
  }

  /** It may have been sent, so whatever fails here says nothing about the order. */
  private async held(account: KisAccount, record: OrderRecord): Promise<KisProgramOrderAnswer> {
    const isHopeless = record.unlisted === true && record.outcome === 'unknown';
    if (!isUnsettled(record) || isHopeless) return outcome(record);
    try {
      return outcome(await this.reconciler.settled(account, record, HOLD_MS));
    } catch {
      return { kind: 'unknown', record };
    }
  }

  /** Others may change the record at the same time. */
  private async noteAnswered({ account, day, clientOrderId }: OrderRecord): Promise<void> {
    for (;;) {
      const current = await this.journal.find(account, day, clientOrderId);
      if (!current || current.answered !== false) return;
      if (await this.journal.write(changed(current, { answered: true }, this.clock.now()))) return;
    }
  }
}
