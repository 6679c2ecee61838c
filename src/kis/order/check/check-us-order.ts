import { readOverseasBalance } from '../../account/overseas-balance';
import type { KisApiClient, KisReadOptions } from '../../http/kis-api.client';
import type { KisPageReader } from '../../http/kis-page-reader';
import { readAnswer } from '../../http/read-answer';
import type { KisAccount } from '../../kis-account';
import { KIS_CALLS } from '../../protocol/kis-calls';
import { answerOf, structureOf } from '../../protocol/wire';
import { figure, recordOf } from '../../protocol/wire-fields';
import { product, scaled, unscaled } from '../decimal-text';
import { orderedStock } from '../order-message';
import { quantityProblems, type KisOrderCheck } from './check-rules';
import type { KisOrderIntent, KisOrderProblem } from '../order-intent';

/** Checks an order for a US stock by KIS's figures. Takes two reads for a sale, one for a purchase. */
export async function checkUsOrder(
  api: KisApiClient,
  pages: KisPageReader,
  account: KisAccount,
  intent: KisOrderIntent,
  options: KisReadOptions,
): Promise<KisOrderCheck> {
  const held = intent.side === 'sell' ? await heldShares(pages, account, intent, options) : null;
  // Market orders at the open or the close have no price; KIS takes them for sales only.
  const price = intent.price ?? held?.price ?? '1';
  const { quantity, quantityOfAll, rate } = await buyable(api, account, { ...intent, price }, options);
  const buyableQuantity = scaled(quantity) > scaled(quantityOfAll) ? quantity : quantityOfAll;
  const facts = held
    ? { buyableQuantity: null, sellableQuantity: held.quantity }
    : { buyableQuantity, sellableQuantity: null };
  return {
    problems: [...tickProblems(intent), ...quantityProblems(intent, facts)],
    ...facts,
    estimatedAmount: product(product(intent.quantity, price), rate),
  };
}

/** KIS portal, 해외주식 매수가능금액조회: the second quantity counts all currencies of the account (통합증거금). */
const BUYABLE = answerOf({
  output: structureOf(
    recordOf({
      quantity: figure('max_ord_psbl_qty'),
      quantityOfAll: figure('ovrs_max_ord_psbl_qty'),
      rate: figure('exrt'),
    }),
  ),
});

/** US tick sizes: a cent, and a hundredth of a cent below one dollar. KIS does not document them. */
const CENT = scaled('0.01');
const SMALL = scaled('0.0001');
const DOLLAR = scaled('1');

async function buyable(
  api: KisApiClient,
  account: KisAccount,
  intent: KisOrderIntent & { readonly price: string },
  options: KisReadOptions,
): Promise<{ readonly quantity: string; readonly quantityOfAll: string; readonly rate: string }> {
  const call = KIS_CALLS.overseasBuyingPower;
  const { OVRS_EXCG_CD, PDNO } = orderedStock(intent);
  const params = {
    CANO: account.number,
    ACNT_PRDT_CD: account.productCode,
    OVRS_EXCG_CD,
    OVRS_ORD_UNPR: intent.price,
    ITEM_CD: PDNO,
  };
  const { body } = await api.read(account, call, params, options);
  return readAnswer(BUYABLE, body, call).output;
}

async function heldShares(
  pages: KisPageReader,
  account: KisAccount,
  intent: KisOrderIntent,
  options: KisReadOptions,
): Promise<{ readonly quantity: string; readonly price: string | null }> {
  const { OVRS_EXCG_CD: exchange, PDNO } = orderedStock(intent);
  const { holdings } = await readOverseasBalance(pages, account, { exchange, currency: 'USD' }, options);
  const held = holdings.filter(({ symbol }) => symbol === PDNO);
  const quantity = held.reduce((sum, { orderableQuantity }) => sum + scaled(orderableQuantity), 0n);
  return { quantity: unscaled(quantity), price: held[0]?.currentPrice ?? null };
}

function tickProblems({ price }: KisOrderIntent): KisOrderProblem[] {
  if (price === null) return [];
  const wanted = scaled(price);
  const tick = wanted < DOLLAR ? SMALL : CENT;
  const below = wanted - (wanted % tick);
  if (below === wanted) return [];
  const nearestPrices = [below, below + tick].filter((each) => each > 0n).map(unscaled);
  const detail = `\`price\` ${price} is not a multiple of the tick size of ${unscaled(tick)} dollars; the nearest valid prices are ${nearestPrices.join(' and ')}.`;
  return [{ code: 'TICK_SIZE', detail, nearestPrices }];
}
