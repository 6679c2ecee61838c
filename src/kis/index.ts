/**
 * The library: KIS (한국투자증권) for NestJS. Everything that may be used from outside is here.
 */
export * from './kis.errors';
export { KisTokenEvents, type KisTokenEventMap, type KisTokenEventName } from './kis.events';
export {
  DEFAULT_ALIAS,
  type KisAccountOptions,
  type KisOrderAllowance,
  type KisRequestPolicy,
} from './kis-account.options';
export {
  KisConfiguration,
  type KisOptions,
  type KisTokenStoreKind,
  type KisTokenStoreOption,
  type KisTokenPolicy,
} from './kis.options';
export { escapeControls } from './escape-controls';
export { Redactor, type KnownSecrets } from './redaction/redactor';
export { KisRedis } from './redis/kis-redis';
export { RedisAddress } from './redis/redis-address';
export { TokenCipher } from './token/token-cipher';
export { baseUrlFault, websocketUrlFault } from './kis-option-checks';
export { describeDestination, destinationsOf, isKisHost, type KisDestination } from './destinations';
export type { KisNamedOption, KisOptionNaming } from './option-names';
export { KisAccount } from './kis-account';
export { KisCredential } from './kis-credential';
export { KisClock, KisRandom, SystemKisClock, SystemKisRandom } from './clock';
export { maskAccountNumber, maskAppKey } from './masking';
export { accountNumberParts, DOMESTIC_SYMBOL, PRICE } from './protocol/inputs';
export { TRADING_MODES, type KisTradingMode } from './protocol/trading-mode';
export { parseBlackout, type BlackoutWindow } from './token/blackout';
export { KisToken, type KisTokenParts } from './token/kis-token';
// To write a token store: the port, its records, and the rules that all stores share. Its contract is in `./testing`.
export {
  KisTokenStore,
  type KisTokenAbsence,
  type StoredToken,
  type TokenRemoval,
} from './token/kis-token.store';
export {
  claimAfterDeletion,
  NO_CLAIM,
  openClaim,
  settledClaim,
  waitFor,
  type ClaimAnswer,
  type ClaimFailure,
  type ClaimRequest,
  type ClaimSettlement,
  type ClaimView,
  type KisClaim,
} from './token/claim-rules';
export { claimFrom, LONGEST_CLAIM_MS } from './token/claim-codec';
export { MemoryKisTokenStore } from './token/memory-kis-token.store';
export { TokenCodec, type TokenReading } from './token/token-codec';
export { isRemoved, isSuperseded, isUnusable, supersedes } from './token/token-rules';
export { KisAuthClient, type IssuedToken } from './auth/kis-auth.client';
export { KisModule } from './kis.module';
export { KisTokenModule, type KisAsyncOptions } from './token/kis-token.module';
export { KisTokenService, type WaitOptions } from './token/kis-token.service';
export type {
  KisReadiness,
  KisRefreshResult,
  KisSaveResult,
  KisSweepResult,
  KisTokenReadiness,
} from './token/kis-token-results';
export type { KisTokenStatus } from './token/kis-token-status';
export { inKorea, parseKoreanTime } from './protocol/market-time';
export { isOrderId, isReadMethod } from './http/kis-call';
export { readForeignToken } from './token/token-import';
export { ProxyRules, type ProxyOptions } from './transport/proxy-rules';
export { Proxy } from './transport/proxy';
export { reachKis, type Reachability } from './transport/reach-kis';
export { KisHttpModule } from './http/kis-http.module';
export { KisHttpService } from './http/kis-http.service';
export { kisRequest, type KisRequestConfig, type KisRequestOptions } from './http/kis-request';
export { KisRelay, type KisRelayedRequest } from './http/kis-relay';
export type { WireResponse } from './transport/exchange-result';
export { SharedFlights } from './http/shared-flights';
// To write a call: its description, the pages of its answer, and readers of its fields.
export {
  KisApiClient,
  type KisContinuation,
  type KisPage,
  type KisPageOptions,
  type KisReadOptions,
} from './http/kis-api.client';
export { KisPageReader, type KisPageCollector } from './http/kis-page-reader';
export { readAnswer } from './http/read-answer';
export { RowPages } from './http/row-pages';
export { KIS_CALLS, type KisReadCall } from './protocol/kis-calls';
export { writtenNames } from './protocol/json-names';
export {
  answerOf,
  listOf,
  NotAsDocumented,
  structureOf,
  structureOrNull,
  wireRecord,
  type WireReader,
  type WireRecord,
} from './protocol/wire';
export { description, figure, figureOrNull, identity, recordOf } from './protocol/wire-fields';
export { KisAccountClient } from './account/kis-account.client';
export type { KisBalance, KisBalanceSummary, KisHolding } from './account/domestic-balance';
export type { KisAssetClass, KisAssets, KisAssetTotal } from './account/account-assets';
export type { KisBuyable, KisBuyingPower, KisIntendedOrder } from './account/buying-power';
export type {
  KisOverseasBalance,
  KisOverseasHolding,
  KisOverseasMarket,
  KisOverseasSummary,
} from './account/overseas-balance';
export { KisOrderService, type KisOrderOptions, type KisPlacedOrder } from './order/kis-order.service';
export { KisManualSettlement, type KisManualOutcome } from './order/settlement/kis-manual-settlement';
export { KisOrderBook, type KisExecution, type KisOrderQuery } from './order/kis-order.book';
export {
  KisTradingService,
  type KisAccountTrading,
  type KisOrderForecast,
  type KisTrading,
} from './order/kis-trading.service';
export { KisProgramOrders } from './order/program/kis-program-orders';
export { programOrderBody, type ProgramOrderBody } from './order/program/program-order';
export { undecided, type KisProgramOrderAnswer } from './order/program/program-order-answer';
export { accountKey } from './order/account-key';
export { OrderLedger } from './order/journal/order-ledger';
export type { KisOrder, KisOrderStatus } from './order/kis-order';
export type { KisOrderChange } from './order/order-change';
export type { KisOrderProblem, KisOrderRequest } from './order/order-intent';
export type { KisOrderCaps, KisOrderUsage } from './order/order-caps';
export * from './order/kis-order.errors';
export {
  ORDER_SESSIONS,
  ORDER_SIDES,
  ORDER_TYPES,
  ORDER_VENUES,
  TIMES_IN_FORCE,
  type KisOrderSession,
  type KisOrderSide,
  type KisOrderType,
  type KisOrderVenue,
  type KisTimeInForce,
} from './protocol/order-divisions';
export { KisQuotationClient, type KisBookOptions } from './quotation/kis-quotation.client';
export type { KisQuote } from './quotation/kis-quote';
export type { KisBookLevel, KisQuotedBook } from './quotation/order-book';
export {
  CANDLE_INTERVALS,
  type KisCandle,
  type KisCandleInterval,
  type KisCandleQuestion,
  type KisCandles,
} from './quotation/candle';
export type { KisCandleOptions } from './quotation/candles';
export type { KisStockInfo } from './quotation/stock-info';
export { KisSymbolDirectory } from './quotation/kis-symbol.directory';
export type { KisListedSymbol } from './quotation/symbol-file';
export { KisTradingCalendar } from './quotation/kis-trading.calendar';
export { KisMarketClock } from './quotation/kis-market.clock';
export type { KisHoliday, KisMarketOverview, KisMarketState } from './quotation/kis-market.clock';
export type { KisMarket, KisSession } from './protocol/market-sessions';
export type { KisVenue } from './protocol/markets';
export { KisRealtime, type KisRealtimeOptions } from './realtime/kis-realtime';
export type { KisRealtimeStream } from './realtime/realtime-stream';
export type {
  KisExpectedTrade,
  KisMarketStateChange,
  KisRealtimeEvent,
  KisRealtimeGap,
  KisRealtimeStatus,
  KisTrade,
  KisTradeSession,
} from './realtime/realtime-events';
export type { KisOrderEvent } from './order/notice/order-event';
export { KisRealtimeSessions } from './realtime/kis-realtime.sessions';
export type { KisRealtimeSession } from './realtime/session/realtime-session';
export type { KisRawHandlers, KisRawListener, KisRegistrationKey } from './realtime/session/raw-listener';
export type { KisRawFrame, KisRegistrationAnswer } from './realtime/session/upstream';
export {
  CURRENT_SINCE,
  NOTICE_COLUMNS_2024,
  REALTIME_LAYOUTS,
  recordsOf,
  type RealtimeGeneration,
  type RealtimeLayout,
} from './protocol/realtime-layouts';
