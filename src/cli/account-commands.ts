import { KisAccountClient, KisConfiguration, type KisAccount, type KisBalance } from '../kis';
import type { CommandContext } from './cli-command';
import { grouped, listing, table } from './output';

export function accounts({ app, io, json }: CommandContext): Promise<void> {
  const rows = app.get(KisConfiguration, { strict: false }).accounts.map((account) => ({
    alias: account.alias,
    mode: account.mode,
    accountNumber: account.maskedNumber,
    simulated: account.simulated,
  }));
  const lines = rows.map((row) => [row.alias, row.mode, row.accountNumber, row.simulated ? 'simulated' : '']);
  io.answer(json, rows, table(['alias', 'mode', 'account', ''], lines));
  return Promise.resolve();
}

export async function balance({ app, alias, io, json }: CommandContext): Promise<void> {
  const account = app.get(KisConfiguration, { strict: false }).account(alias);
  const found = await app.get(KisAccountClient).balance(account);
  const facts = { alias: account.alias, simulated: account.simulated, ...found };
  io.answer(json, facts, describe(account, found));
}

function describe(account: KisAccount, { summary, holdings }: KisBalance): string {
  const simulated = account.simulated ? ' - simulated figures' : '';
  const title = `${account.alias} (${account.mode}, ${account.maskedNumber})${simulated}\n`;
  const totals = listing([
    ['예수금 deposit', grouped(summary.deposit)],
    ['D+2', grouped(summary.depositD2)],
    ['평가금액 valuation', grouped(summary.totalValuation)],
    ['손익 profit/loss', grouped(summary.profitLoss)],
  ]);
  const rows = holdings.map((each) => [
    each.symbol,
    each.name ?? '–',
    grouped(each.quantity),
    grouped(each.currentPrice),
    grouped(each.valuation),
    grouped(each.profitLoss),
    each.profitLossRate === null ? '–' : `${each.profitLossRate}%`,
  ]);
  return [title, totals, table(['종목', '이름', '수량', '현재가', '평가금액', '손익', '수익률'], rows)].join(
    '\n',
  );
}
