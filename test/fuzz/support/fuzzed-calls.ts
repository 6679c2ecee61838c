import { brotliDecompressSync, unzipSync } from 'node:zlib';
import type { Draft, Json } from './damage';
import type { Sent } from './damaged-kis';

type Record_ = Readonly<Record<string, Json>>;

/** A route of the API that reads from KIS, with a check of its own of what a good answer may say. */
export interface FuzzedCall {
  readonly route: string;
  readonly kisPath: string;
  /** What a 200 says, in brief. */
  readonly said: (body: Record_) => unknown;
  /** What it has to say, from the pages that were sent. */
  readonly expected: (pages: readonly Record_[]) => unknown;
}

export const FUZZED_CALLS: readonly FuzzedCall[] = [
  {
    route: '/api/accounts/main/balance',
    kisPath: '/uapi/domestic-stock/v1/trading/inquire-balance',
    said: ({ holdings }) => briefly(holdings, ['symbol', 'quantity', 'purchaseAmount']),
    expected: (pages) =>
      held(
        pages,
        ['pdno', 'hldg_qty', 'pchs_amt'],
        ['pdno', 'trad_dvsn_name', 'loan_dt', 'hldg_qty', 'pchs_avg_pric', 'pchs_amt'],
      ),
  },
  {
    route: '/api/accounts/main/overseas-balance',
    kisPath: '/uapi/overseas-stock/v1/trading/inquire-balance',
    said: ({ holdings }) => briefly(holdings, ['symbol', 'quantity', 'purchaseAmount']),
    expected: (pages) =>
      held(
        pages,
        ['ovrs_pdno', 'ovrs_cblc_qty', 'frcr_pchs_amt1'],
        ['ovrs_pdno', 'ovrs_excg_cd', 'loan_type_cd', 'loan_dt', 'ovrs_cblc_qty', 'pchs_avg_pric'],
      ),
  },
  {
    route: '/api/accounts/main/assets',
    kisPath: '/uapi/domestic-stock/v1/trading/inquire-account-balance',
    said: ({ classes, total }) =>
      briefly([...(classes as Json[]), total ?? null], ['purchaseAmount', 'valuation']),
    expected: ([page]) => briefly(rowsIn(page?.['output1']), ['pchs_amt', 'evlu_amt']),
  },
  {
    route: '/api/accounts/main/buying-power?symbol=005930',
    kisPath: '/uapi/domestic-stock/v1/trading/inquire-psbl-order',
    said: ({ cash, calculationPrice }) => [cash, calculationPrice],
    expected: ([page]) =>
      briefly(rowsIn(page?.['output']).slice(-1), ['ord_psbl_cash', 'psbl_qty_calc_unpr'])[0],
  },
  {
    route: '/api/quotes/005930',
    kisPath: '/uapi/domestic-stock/v1/quotations/inquire-price',
    said: ({ price, volume }) => [price, volume],
    expected: ([page]) => briefly(rowsIn(page?.['output']).slice(-1), ['stck_prpr', 'acml_vol'])[0],
  },
];

/** Whether nobody but the product knows what it read. */
export function isUnknowable(sent: readonly Sent[]): boolean {
  return sent.some(({ draft }) => draft.arrives === null);
}

/** The pages of which a 200 must have been made, `null` when what was sent allows none. */
export function pagesOf(sent: readonly Sent[]): Record_[] | null {
  const lastFirst = sent.findLastIndex(({ request }) => request.headers.get('tr_cont') !== 'N');
  const attempts = sent.slice(Math.max(0, lastFirst));
  // A following page may have been asked for again after an answer that was of no use.
  const used = attempts.filter(({ draft }, index) => index === attempts.length - 1 || bodyOf(draft) !== null);
  const pages = used.map(({ draft }) => bodyOf(draft));
  if (pages.includes(null) || (used.length === 1 && isFollowed(used[0]))) return null;
  return pages as Record_[];
}

/** A first page with rows in it, after which there are more. */
function isFollowed(sent: Sent | undefined): boolean {
  const mark = sent?.draft.headers.findLast(([name]) => name === 'tr_cont')?.[1] ?? '';
  return /^[MF]$/.test(mark) && rowsIn(sent && bodyOf(sent.draft)?.['output1']).length > 0;
}

/** What a client can read: a JSON object that says that the call was executed. */
function bodyOf(draft: Draft): Record_ | null {
  const body = readableBody(draft);
  if (body?.['rt_cd'] !== '0') return null;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The JSON object that a client gets; `null` when it gets none. */
export function readableBody(draft: Draft): Record_ | null {
  if (!draft.arrives || (draft.status >= 300 && draft.status < 400)) return null;
  try {
    const body = JSON.parse(new TextDecoder().decode(unpacked(draft))) as Json;
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : null;
  } catch {
    return null;
  }
}

function unpacked({ headers, body, lengthDelta }: Draft): Buffer {
  const promised = body.subarray(0, Math.max(0, body.length + lengthDelta));
  return headers.reduceRight((bytes, [name, value]) => {
    if (name !== 'Content-Encoding') return bytes;
    return value === 'br' ? brotliDecompressSync(bytes) : unzipSync(bytes);
  }, promised);
}

/** Every row with a symbol or shares, each once, without those of which nothing is left. */
function held(pages: readonly Record_[], fields: readonly string[], identity: readonly string[]): unknown {
  const rows = pages.flatMap((page) => rowsIn(page['output1']));
  const each = new Map(rows.map((row) => [JSON.stringify(identity.map((name) => row[name])), row]));
  const [symbol = '', quantity = ''] = fields;
  const left = [...each.values()].filter(
    (row) => !(isText(row[quantity]) && /^[-+]?(?=.*0)0*\.?0*$/.test(row[quantity].trim())),
  );
  return briefly(
    left.filter((row) => !(isBlank(row[symbol]) && isBlank(row[quantity]))),
    fields,
  );
}

function briefly(rows: Json | undefined, fields: readonly string[]): (Json | undefined)[][] {
  return (rows as Record_[]).map((row) =>
    fields.map((name, index) => (index === 0 && isText(row[name]) ? row[name].trim() : row[name])),
  );
}

/** What is no list, and no record instead of a list of one, says nothing: a 200 cannot be made of it. */
function rowsIn(value: Json | undefined): Record_[] {
  if (!Array.isArray(value) && isBlank(value))
    throw new Error('A 200 was made of an answer without its list.');
  const rows = Array.isArray(value) ? value : [value ?? null];
  return rows.filter((row): row is { [name: string]: Json } => !isBlank(row));
}

function isBlank(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null || (isText(value) && value.trim() === '');
  return Object.values(value).every((member) => member === null || (isText(member) && member.trim() === ''));
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}
