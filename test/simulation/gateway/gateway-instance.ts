import { RefusedRequests } from '../../../src/common/access/refused-requests';
import { AppConfig } from '../../../src/config/app-config';
import { NO_GATEWAY } from '../../../src/config/gateway-variables';
import { GatewayCallers } from '../../../src/gateway/gateway-callers';
import { OauthRoutes } from '../../../src/gateway/oauth-routes';
import { ProgramKeyStore } from '../../../src/gateway/program-key-store';
import { ProgramStatistics } from '../../../src/gateway/program-statistics';
import { ProgramTokens } from '../../../src/gateway/program-tokens';
import { UapiRoutes } from '../../../src/gateway/uapi-routes';
import { KisCallSender } from '../../../src/kis/http/call-sender';
import { KisCircuitBreakers } from '../../../src/kis/http/circuit-breaker';
import { KisCaller } from '../../../src/kis/http/kis-caller';
import { KisPageReader } from '../../../src/kis/http/kis-page-reader';
import { KisRelay } from '../../../src/kis/http/kis-relay';
import { LanedKisRequestPacer } from '../../../src/kis/http/pacing/laned-kis-request-pacer';
import { KisRetryPolicy } from '../../../src/kis/http/retry-policy';
import type { KisConfiguration } from '../../../src/kis/kis.options';
import { KisOrderBook } from '../../../src/kis/order/kis-order.book';
import { KisOrderChecks } from '../../../src/kis/order/check/kis-order.checks';
import { KisOrderClock } from '../../../src/kis/order/kis-order.clock';
import { KisReconciliationPass } from '../../../src/kis/order/settlement/kis-reconciliation-pass';
import { KisOrderIdempotency } from '../../../src/kis/order/kis-order.idempotency';
import { KisOrderJournal } from '../../../src/kis/order/journal/kis-order.journal';
import { KisOrderLists } from '../../../src/kis/order/list/kis-order.lists';
import { KisOrderReconciler } from '../../../src/kis/order/settlement/kis-order.reconciler';
import { KisOrderEndpoint } from '../../../src/kis/order/kis-order.endpoint';
import { KisOrderSubmitter } from '../../../src/kis/order/kis-order.submitter';
import { KisProgramOrderPreparer } from '../../../src/kis/order/program/kis-program-order.preparer';
import { KisProgramOrderRepeats } from '../../../src/kis/order/program/kis-program-order.repeats';
import { KisProgramOrderRecordBuilder } from '../../../src/kis/order/program/kis-program-order.record-builder';
import { KisProgramOrders } from '../../../src/kis/order/program/kis-program-orders';
import type { OrderLedger } from '../../../src/kis/order/journal/order-ledger';
import { KisTokenService } from '../../../src/kis/token/kis-token.service';
import type { KisExchange } from '../../../src/kis/transport/kis-exchange';
import type { PermitLog } from '../../../src/kis/http/pacing/permit-log';
import type { SimulatedAuthClient } from '../simulated-auth-client';
import type { SimulatedProcess } from '../simulated-machine';
import type { SimulatedStore } from '../simulated-store';
import { GatewayApi } from './gateway-line';

/** What a process has of the world outside. */
export interface GatewayOutside {
  readonly process: SimulatedProcess;
  readonly configuration: KisConfiguration;
  readonly store: SimulatedStore;
  readonly auth: SimulatedAuthClient;
  readonly ledger: OrderLedger;
  readonly permits: PermitLog;
  readonly exchange: KisExchange;
}

/** The real gateway with all that decides behind it, from its routes to the exchange with KIS: one process of it. */
export class GatewayInstance {
  readonly process: SimulatedProcess;
  readonly oauth: OauthRoutes;
  readonly uapi: UapiRoutes;
  readonly keys: ProgramKeyStore;
  readonly tokens: KisTokenService;
  readonly reconciler: KisOrderReconciler;
  /** What the programs see that wait for it when it dies. */
  readonly connections = new Set<() => void>();

  constructor({ process, configuration, store, auth, ledger, permits, exchange }: GatewayOutside) {
    const { clock, random } = process;
    const tokens = new KisTokenService(configuration, store, auth, clock, random);
    const pacer = new LanedKisRequestPacer(configuration, permits, clock);
    const breakers = new KisCircuitBreakers(configuration, clock);
    const sender = new KisCallSender(tokens, pacer, exchange, breakers, clock);
    const caller = new KisCaller(tokens, sender, new KisRetryPolicy(clock, random), clock);
    const relay = new KisRelay(configuration, caller, clock);
    this.process = process;
    this.tokens = tokens;
    const { orders, reconciler } = ordersOf({ process, configuration, ledger, tokens, caller, relay });
    this.reconciler = reconciler;
    this.keys = new ProgramKeyStore(ledger);
    const config = new AppConfig({
      host: '127.0.0.1',
      port: 0,
      apiKey: null,
      allowedHosts: [],
      simulator: null,
      kis: { accounts: [] },
      gateway: { ...NO_GATEWAY, enabled: true },
      log: { level: 'error', format: 'text', file: null },
      warnings: [],
    });
    const callers = new GatewayCallers(configuration, this.keys, config, new RefusedRequests());
    const handedOut = new ProgramTokens(tokens, this.keys, configuration, clock);
    const programs = new ProgramStatistics(clock);
    this.oauth = new OauthRoutes(callers, handedOut, programs, clock);
    this.uapi = new UapiRoutes(callers, handedOut, programs, relay, orders, configuration);
  }
}

interface OrderParts extends Pick<GatewayOutside, 'process' | 'configuration' | 'ledger'> {
  readonly tokens: KisTokenService;
  readonly caller: KisCaller;
  readonly relay: KisRelay;
}

function ordersOf({ process, configuration, ledger, tokens, caller, relay }: OrderParts): {
  readonly orders: KisProgramOrders;
  readonly reconciler: KisOrderReconciler;
} {
  const { clock, random } = process;
  const { timeoutMs } = configuration.requestPolicy(configuration.account().credential);
  const api = new GatewayApi(caller, process, timeoutMs);
  const pages = new KisPageReader(api, configuration, clock, random);
  const journal = new KisOrderJournal(ledger, clock);
  const lists = new KisOrderLists(pages, api);
  const time = new KisOrderClock(clock, tokens);
  const endpoint = new KisOrderEndpoint(caller, configuration, clock);
  const submitter = new KisOrderSubmitter(configuration, journal, endpoint, clock, time);
  const reconciliation = new KisReconciliationPass(configuration, journal, lists, clock, time);
  const reconciler = new KisOrderReconciler(configuration, journal, reconciliation, clock, time);
  const orders = new KisProgramOrders(
    configuration,
    new KisProgramOrderRecordBuilder(journal, new KisOrderBook(journal, reconciliation, time), time),
    new KisProgramOrderRepeats(journal, clock, time),
    new KisProgramOrderPreparer(configuration, new KisOrderChecks(api, pages), lists),
    journal,
    new KisOrderIdempotency(configuration, journal, submitter, reconciler, clock, time),
    submitter,
    endpoint,
    reconciler,
    relay,
    clock,
  );
  return { orders, reconciler };
}
