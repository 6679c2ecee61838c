import { type SimulatorSettings } from '../settings';
import { type LedgerSource } from './domestic-ledger';
import { type Currency, DOLLAR } from './exchanges';
import { fingerprint } from './noise';
import { OVERSEAS_STOCKS, type OverseasStock } from './overseas-stocks';

/** One overseas stock of the simulated account. Prices and amounts are ten-thousandths of its currency. */
export interface OverseasPosition {
  readonly stock: OverseasStock;
  readonly quantity: bigint;
  readonly average: bigint;
  readonly purchaseAmount: bigint;
  readonly price: bigint;
  readonly valuation: bigint;
}

/** So many parts make one unit of a currency. */
export const PARTS = 10_000n;

const QUANTITIES: readonly bigint[] = [40n, 12n, 100n, 5n, 200n, 100n];
const DOLLARS_IN_CASH = 1_250n;

/** What the account holds now. */
export function overseasPositions({ settings, market }: LedgerSource, now: number): OverseasPosition[] {
  if (settings.emptyAccount) return [];
  return OVERSEAS_STOCKS.slice(0, settings.overseasHoldings).map((stock, index) => {
    const quantity = QUANTITIES[index % QUANTITIES.length] ?? 1n;
    const price = inParts(market.price(stock, now));
    const average = toCent((stock.basePrice * (85 + (fingerprint(`bought ${stock.symbol}`) % 26))) / 100);
    return {
      stock,
      quantity,
      average,
      purchaseAmount: quantity * average,
      price,
      valuation: quantity * price,
    };
  });
}

/** Foreign cash of the account in ten-thousandths: it has dollars only. */
export function foreignCash(settings: Readonly<SimulatorSettings>, currency: Currency): bigint {
  return settings.emptyAccount || currency !== DOLLAR ? 0n : DOLLARS_IN_CASH * PARTS;
}

export function foreignCashInWon(settings: Readonly<SimulatorSettings>): bigint {
  return wonOf(foreignCash(settings, DOLLAR), DOLLAR);
}

/** An amount in ten-thousandths of a currency, in whole won. */
export function wonOf(amount: bigint, currency: Currency): bigint {
  return inWonParts(amount, currency) / PARTS;
}

/** An amount in ten-thousandths of a currency, in ten-thousandths of a won. */
export function inWonParts(amount: bigint, currency: Currency): bigint {
  return (amount * currency.rateHundredths) / (100n * currency.unit);
}

/** A price in ten-thousandths of its currency. */
function inParts(price: number): bigint {
  return BigInt(Math.round(price * Number(PARTS)));
}

function toCent(price: number): bigint {
  return BigInt(Math.round(price * 100)) * (PARTS / 100n);
}
