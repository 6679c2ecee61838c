import { Injectable, Logger } from '@nestjs/common';
import { KisClock } from '../../clock';
import { KisRelay, type KisRelayedRequest } from '../../http/kis-relay';
import type { KisAccount } from '../../kis-account';
import { KisError } from '../../kis.errors';
import { KisConfiguration } from '../../kis.options';
import type { WireResponse } from '../../transport/exchange-result';
import { KisOrderCapExceededError, KisOrderJournalError } from '../kis-order.errors';
import { KisOrderIdempotency } from '../kis-order.idempotency';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { KisOrderReconciler } from '../settlement/kis-order.reconciler';
import { KisOrderEndpoint } from '../kis-order.endpoint';
import { KisOrderSubmitter } from '../kis-order.submitter';
import { KisProgramOrderRecordBuilder } from './kis-program-order.record-builder';
import { KisProgramOrderPreparer } from './kis-program-order.preparer';
import { KisProgramOrderRepeats } from './kis-program-order.repeats';
import type { ProgramArrival } from '../order-admission';
import { isUnsettled, type Moment, type OrderRecord } from '../journal/order-record';
import {
  programOrderBody,
  readProgramOrder,
  type ProgramOrder,
  type ProgramOrderBody,
} from './program-order';
import {
  equalUnsettled,
  notPlaced,
  outcome,
  undecided,
  type KisProgramOrderAnswer,
} from './program-order-answer';

/**
 * Executes the orders that other programs send through the gateway: each is written into the journal first and sent once,
 * byte for byte as the program wrote it, subject to the same settings, caps and kill switch as all orders. A program that
 * repeats an order before it has received the outcome gets the outcome of the first.
 */
@Injectable()
export class KisProgramOrders {
  private readonly logger = new Logger('Orders');

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly recordBuilder: KisProgramOrderRecordBuilder,
    private readonly repeats: KisProgramOrderRepeats,
    private readonly preparer: KisProgramOrderPreparer,
    private readonly journal: KisOrderJournal,
    private readonly idempotency: KisOrderIdempotency,
    private readonly submitter: KisOrderSubmitter,
    private readonly endpoint: KisOrderEndpoint,
    private readonly reconciler: KisOrderReconciler,
    private readonly relay: KisRelay,
    private readonly clock: KisClock,
  ) {}

  /** The current moment, to record when a request arrived. */
  now(): Moment {
    return this.repeats.now();
  }

  /**
   * Executes an order. Never rejects because of KIS or the journal: such a failure is part of the answer. Call
   * {@link delivered} once the program has received it.
   */
  async carryOut(
    account: KisAccount,
    request: KisRelayedRequest,
    parties: ProgramOrderParties,
  ): Promise<KisProgramOrderAnswer> {
    const { program } = parties;
    const answer = await this.attempt(account, request, parties).catch((error: unknown) => {
      if (!(error instanceof KisError)) throw error;
      const isCap = error instanceof KisOrderCapExceededError;
      return notPlaced(isCap ? 'cap' : 'not-placed', error.message);
    });
    await this.yieldToEvents();
    if ('message' in answer && !answer.record) {
      const what = `${request.trId.slice(0, 13)} of program "${program}", account "${account.alias}"`;
      this.logger.warn(`An order (${what}) was not sent: ${answer.message}`);
    }
    return answer;
  }

  /** Resolves when the journal has recorded all deliveries so far; await it before the journal is closed. */
  noted(): Promise<void> {
    return this.repeats.noted();
  }

  /** To be called when the program has received the answer: an equal order from now on is a new one. */
  delivered(answer: KisProgramOrderAnswer): void {
    const { record } = answer;
    if (answer.kind !== 'unknown' && record?.answered === false) this.repeats.answered(record);
  }

  private async attempt(
    account: KisAccount,
    request: KisRelayedRequest,
    parties: ProgramOrderParties,
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
    const recorded = await this.recorded(account, request.trId, { body, order, parties }).catch(
      (error: unknown) => {
        if (error instanceof KisOrderJournalError) return undecided(error.message);
        throw error;
      },
    );
    if ('kind' in recorded) return recorded;
    const { wanted, arrival, first } = recorded;
    if (first) return this.outcomeOfFirst(account, first);
    await this.idempotency.ready(account);
    return this.admit(account, await this.preparer.prepared(account, wanted, order.isPriceKnown), request, {
      arrival,
      hangUp: parties.hangUp,
    });
  }

  /** The record of an order, and the order that it repeats. @throws KisOrderJournalError when that cannot be determined */
  private async recorded(account: KisAccount, trId: string, request: ProgramRequest): Promise<RecordedOrder> {
    const { body, order, parties } = request;
    const arrival = await this.repeats.arrival(account, parties.arrivedAt);
    const wanted = this.idempotency.stamped(
      account,
      await this.recordBuilder.record(account, trId, body, order, parties.program),
    );
    return { wanted, arrival, first: await this.repeats.firstOf(wanted, arrival) };
  }

  /**
   * Yields to the event loop, so that a hang-up that arrived while the process was stopped is seen: its event may come after
   * the one that the order waited for.
   */
  private yieldToEvents(): Promise<void> {
    return this.clock.sleep(0);
  }

  private async admit(
    account: KisAccount,
    wanted: OrderRecord,
    request: KisRelayedRequest,
    { arrival, hangUp }: { readonly arrival: ProgramArrival; readonly hangUp: AbortSignal },
  ): Promise<KisProgramOrderAnswer> {
    const until = this.clock.monotonic() + HOLD_MS;
    for (;;) {
      await this.yieldToEvents();
      // After hanging up, the program may have repeated the order and received an answer.
      if (hangUp.aborted) return notPlaced('not-placed', 'The program hung up before its order was sent.');
      const record = this.idempotency.stamped(account, wanted);
      const { caps } = this.configuration.orderPolicy(account);
      const decision = await this.journal.admit(record, caps, arrival);
      switch (decision.kind) {
        case 'admitted':
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
          return notPlaced('cap', `It exceeds ${decision.reason}.`);
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
    admitted: OrderRecord,
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
      return this.endpoint.deliver({ ...call, isTooLate }, keep, admitted.unlisted !== true);
    };
    const limitMs = this.idempotency.limitMs(account);
    const { record, error } = await this.submitter.submit(account, admitted, limitMs, attempt);
    if (isUnsettled(record)) return this.held(account, record);
    // KIS's lists may have shown the outcome first: then a response that does not say it is not passed on.
    const isNotPlaced = record.outcome === 'not-placed' && error !== null;
    const { response } = kis;
    if (response !== null && (error === null || isNotPlaced)) return { kind: 'response', response, record };
    return isNotPlaced ? { ...notPlaced('not-placed', error.message), record } : outcome(record);
  }

  private outcomeOfFirst(account: KisAccount, first: OrderRecord): Promise<KisProgramOrderAnswer> {
    this.logger.log(
      `Program "${first.program ?? ''}" repeats order "${first.clientOrderId}", whose outcome it has not received yet: it is not sent again.`,
    );
    return this.held(account, first);
  }

  /** The order may have been sent, so a failure here proves nothing about it. */
  private async held(account: KisAccount, record: OrderRecord): Promise<KisProgramOrderAnswer> {
    const isHopeless = record.unlisted === true && record.outcome === 'unknown';
    if (!isUnsettled(record) || isHopeless) return outcome(record);
    try {
      return outcome(await this.reconciler.settled(account, record, HOLD_MS));
    } catch {
      return { kind: 'unknown', record };
    }
  }
}

/** The program that sent an order, and when. */
export interface ProgramOrderParties {
  readonly program: string;
  /** When the request had arrived, by {@link KisProgramOrders.now}. */
  readonly arrivedAt: Moment;
  /** Aborts when the program hangs up: its order is then not sent, unless it is in the journal already. */
  readonly hangUp: AbortSignal;
}

/** A parsed order request. */
interface ProgramRequest {
  readonly body: ProgramOrderBody;
  readonly order: ProgramOrder;
  readonly parties: ProgramOrderParties;
}

interface RecordedOrder {
  readonly wanted: OrderRecord;
  readonly arrival: ProgramArrival;
  /** The order that it repeats. */
  readonly first: OrderRecord | null;
}

/** How long a response is delayed while the outcome of the order is looked up. */
const HOLD_MS = 9000;
/** For the token and the permit, on top of the time that KIS may take. */
const SETUP_MS = 2000;
