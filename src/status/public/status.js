// The status page: shows what this API returns. No framework, no external resources.
import { ask, isAskingForKey, whenKeyGiven, wordsOf } from './api.js';
import { arrange, breakable, element, facts, modeBadge, show } from './cards.js';
import { refreshPrograms } from './programs.js';
import { arrow, compact, direction, duration, grouped, percent, when, won } from './figures.js';

const TOKENS_EVERY_MS = 3_000;
const BALANCES_EVERY_MS = 30_000;

const byId = (id) => document.getElementById(id);
const accountCards = new Map();
const tokenCards = new Map();

// ---- tokens ----

const STATUS_WORDS = {
  fresh: 'fresh',
  due: 'due for renewal',
  expiring: 'about to expire',
  expired: 'expired',
  absent: 'no token yet',
};

function showToken(token) {
  const entry = tokenCards.get(token.alias);
  const { fields } = entry;
  // Counted down from the server's value, because the clock of this device may be wrong.
  entry.receivedAt = performance.now();
  entry.token = token;
  fields.alias.textContent = token.alias;
  modeBadge(fields.mode, token.mode);
  fields.status.textContent = STATUS_WORDS[token.status] ?? token.status;
  fields.status.dataset.state = fields.bar.dataset.state = token.status;
  const failure = token.lastError;
  show(fields.problem, failure ? `${failure.message} (${failure.code}, ${when(failure.at)})` : '');
  facts(fields.facts, [
    ['Issued', when(token.issuedAt)],
    ['Expires', when(token.expiresAt)],
    ['Planned renewal', when(token.refreshAt)],
    ['Issued today', String(token.issuedToday)],
    ['Source', token.source ?? '–'],
    ['Stored in', token.store],
    ['App key', token.appKey, 'wide'],
    ...(token.filePath ? [['File', breakable(token.filePath), 'wide']] : []),
  ]);
  countDown(entry);
}

function countDown({ fields, token, receivedAt }) {
  const left = (token.remainingSeconds ?? 0) - (performance.now() - receivedAt) / 1000;
  const life = (Date.parse(token.expiresAt) - Date.parse(token.issuedAt)) / 1000;
  const share = life > 0 ? Math.min(100, Math.max(0, (left / life) * 100)) : 0;
  const renewal = (Date.parse(token.expiresAt) - Date.parse(token.refreshAt)) / 1000 / life;
  fields.countdown.textContent = token.remainingSeconds === null ? '–' : duration(left);
  fields.countdownLabel.textContent =
    token.remainingSeconds === null ? 'requested with the first call' : 'left';
  fields.bar.setAttribute('aria-valuenow', share.toFixed(0));
  fields.fill.style.width = `${share}%`;
  fields.mark.hidden = !(renewal >= 0 && renewal <= 1);
  fields.mark.style.left = `${renewal * 100}%`;
  const wait = token.cooldownUntil ? (Date.parse(token.cooldownUntil) - Date.now()) / 1000 : 0;
  show(
    fields.cooldown,
    wait > 0 ? `The next token may be requested in ${duration(wait)} (one a minute).` : '',
  );
}

async function refreshTokens() {
  try {
    const [tokens, health] = await Promise.all([ask('/api/tokens'), ask('/health/ready')]);
    arrange(byId('tokens'), tokenCards, 'token-template', tokens);
    tokens.forEach(showToken);
    const unserved = tokens.filter(({ alias }) => health.error?.[`token:${alias}`]).map(({ alias }) => alias);
    if (health.status !== 'ok') readiness('not-ready', 'Not ready: no usable token');
    else readiness('ready', unserved.length === 0 ? 'Ready' : `Ready, without ${unserved.join(', ')}`);
    byId('updated').textContent = `Updated ${when(new Date())}.`;
  } catch (error) {
    readiness('offline', wordsOf(error));
  }
}

function readiness(state, text) {
  byId('readiness').dataset.state = state;
  show(byId('readiness'), text);
}

// ---- accounts ----

function showAccount(account) {
  const { root, fields } = accountCards.get(account.alias);
  root.classList.toggle('simulated', account.simulated);
  fields.alias.textContent = account.alias;
  fields.accountNumber.textContent = account.accountNumber;
  fields.simulated.hidden = !account.simulated;
  modeBadge(fields.mode, account.mode);
}

function showBalance(alias, { asOf, summary, holdings }) {
  const { fields } = accountCards.get(alias);
  show(fields.problem, '');
  fields.figures.hidden = false;
  fields.netAssets.textContent = won(summary.netAssets);
  fields.compact.textContent = compact(summary.netAssets);
  facts(fields.summary, [
    ['Valuation 유가평가', won(summary.stockValuation)],
    ['Purchases 매입금액', won(summary.purchaseAmount)],
    [
      'Profit / loss 평가손익',
      `${arrow(summary.profitLoss)}${won(summary.profitLoss)}`,
      direction(summary.profitLoss),
    ],
    [
      'Since yesterday 증감',
      `${arrow(summary.assetChange)}${won(summary.assetChange)}`,
      direction(summary.assetChange),
    ],
    ['Deposit 예수금', won(summary.deposit)],
    ['Deposit D+2', won(summary.depositD2)],
  ]);
  fields.caption.textContent = `${holdings.length === 0 ? 'No holdings' : `${holdings.length} holdings`} as of ${when(asOf)}`;
  fields.holdings.replaceChildren(...holdings.map(holdingRow));
}

function holdingRow(holding) {
  const row = element('tr');
  const name = element('th', holding.name ?? holding.symbol);
  name.scope = 'row';
  name.append(element('small', [holding.symbol, holding.tradeType].filter(Boolean).join(' · ')));
  const price = amountCell('Price 현재가', holding.currentPrice);
  price.append(element('small', percent(holding.changeRate), direction(holding.changeRate)));
  const profit = amountCell('Profit / loss 손익', holding.profitLoss, direction(holding.profitLoss));
  profit.append(element('small', percent(holding.profitLossRate), direction(holding.profitLossRate)));
  row.append(
    name,
    amountCell('Quantity 수량', holding.quantity),
    amountCell('Average 매입가', holding.averagePrice),
    price,
    amountCell('Valuation 평가금액', holding.valuation),
    profit,
  );
  return row;
}

/** On a phone, where the table has no head, each cell shows its label. */
function amountCell(label, amount, className = '') {
  const cell = element('td', grouped(amount), `amount ${className}`.trim());
  cell.dataset.label = label;
  return cell;
}

async function refreshBalance({ alias }) {
  try {
    showBalance(alias, await ask(`/api/accounts/${encodeURIComponent(alias)}/balance`));
  } catch (error) {
    show(accountCards.get(alias).fields.problem, wordsOf(error));
  }
}

async function refreshBalances() {
  const button = byId('reload');
  if (button.disabled) return;
  button.disabled = true;
  try {
    const accounts = await ask('/api/accounts');
    arrange(byId('accounts'), accountCards, 'account-template', accounts);
    accounts.forEach(showAccount);
    byId('simulated').hidden = !accounts.some((account) => account.simulated);
    await Promise.all(accounts.map(refreshBalance));
    await refreshTokens();
  } catch (error) {
    readiness('offline', wordsOf(error));
  } finally {
    button.disabled = false;
  }
}

// ---- keeping up ----

const unlessHidden = (action) => () => void (document.hidden || isAskingForKey() || action());

byId('reload').addEventListener('click', () => void refreshBalances());
const refreshStates = () => Promise.all([refreshTokens(), refreshPrograms()]);
document.addEventListener('visibilitychange', unlessHidden(refreshStates));
setInterval(unlessHidden(refreshStates), TOKENS_EVERY_MS);
setInterval(unlessHidden(refreshBalances), BALANCES_EVERY_MS);
setInterval(() => tokenCards.forEach((entry) => entry.token && countDown(entry)), 1_000);
whenKeyGiven(() => void Promise.all([refreshBalances(), refreshPrograms()]));
void refreshStates();
void refreshBalances();
