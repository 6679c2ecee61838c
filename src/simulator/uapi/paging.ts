import { type Fields } from '../message';
import { type Answer, gatewayRefusal } from './answer';
import { type Inquiry } from './service';

/** How a list is cut into pages. */
export interface Paging<Row> {
  /** Width of the paging areas, which is part of most names: CTX_AREA_FK100, CTX_AREA_NK200. */
  readonly width: 20 | 100 | 200;
  /** What follows in the names instead of the width. */
  readonly suffix?: string;
  readonly pageSize: number;
  /** The inquiry in short (연속조회검색조건): a following page must be requested with the same one. */
  readonly condition: string;
  keyOf(row: Row): string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly isLast: boolean;
  /** Response header `tr_cont`. */
  readonly trCont: string;
  /** The two paging areas of the body, padded with spaces to their width. */
  readonly areas: Readonly<Record<string, string>>;
}

/**
 * The requested page of a list. KIS portal, 주식잔고조회: the next page is requested with the header
 * `tr_cont: N` and with both areas echoed; with nothing echoed it is the first one. Areas without that header end in HTTP 500 (reported in public);
 * that areas which do not match end the same way, and the code, are inferred.
 */
export function pageOf<Row>(rows: readonly Row[], paging: Paging<Row>, inquiry: Inquiry): Page<Row> | Answer {
  const start = startOf(rows, paging, inquiry);
  if (start === null) return gatewayRefusal('EGW00203');
  const { settings } = inquiry.brokerage;
  const end = start + (settings.pageSize ?? paging.pageSize);
  const page = rows.slice(start, end);
  const last = page.at(-1);
  const isLast = end >= rows.length || last === undefined;
  return {
    rows: page,
    isLast,
    trCont: isLast ? settings.lastPageMark : settings.morePageMark,
    // The condition is sent with the last page too: only `tr_cont` says whether there is more.
    areas: areasOf(paging, isLast ? '' : paging.keyOf(last)),
  };
}

/** Index of the first row of the page, or null where the call does not fit. */
function startOf<Row>(rows: readonly Row[], paging: Paging<Row>, { call, fields }: Inquiry): number | null {
  const { condition, key } = echoed(fields, paging);
  const continues = call.headers.get('tr_cont') === 'N';
  if (condition === '' && key === '') return 0;
  if (!continues || condition !== paging.condition || key === '') return null;
  const previous = rows.findIndex((row) => paging.keyOf(row) === key);
  return previous < 0 ? null : previous + 1;
}

/** The areas as the client sent them back; some strip the spaces. */
function echoed<Row>(
  fields: Fields,
  { width, suffix = String(width) }: Paging<Row>,
): { condition: string; key: string } {
  const area = (letter: string): string => fields.get(`CTX_AREA_${letter}K${suffix}`).trimEnd();
  return { condition: area('F'), key: area('N') };
}

function areasOf<Row>(
  { width, suffix = String(width), condition }: Paging<Row>,
  key: string,
): Record<string, string> {
  return {
    [`ctx_area_fk${suffix}`]: condition.padEnd(width),
    [`ctx_area_nk${suffix}`]: key.padEnd(width),
  };
}
