import { splitFrame, readFrame, type FrameText } from '../../../src/kis/realtime/frame/frame';

/** When the frames of specs arrive. */
export const AT = Date.parse('2026-09-15T01:00:00Z');

/** The official example of a trade (workbook of 2026-09-11), 46 columns. */
export const TRADE_2025 =
  '005930^093354^71900^5^-100^-0.14^72023.83^72100^72400^71700^71900^71800^1^3052507^219853241700^5105^6937^1832^84.90^1366314^1159996^1^0.39^20.28^090020^5^-200^090820^5^-500^092619^2^200^20230612^20^N^65945^216924^1118750^2199206^0.05^2424142^125.92^0^^72100';
export const TRADE = `${TRADE_2025}^2`;
export const BOOK = [
  ...['005930', '093730', '0'],
  ...Array.from({ length: 20 }, (_, index) => String(71_900 + index * 100)),
  ...Array.from({ length: 20 }, (_, index) => String(index + 1)),
  ...['55', '155', '0', '0', '0', '0', '0', '0', '3', '0.00', '3159115', '-11', '12', '0', '0', ''],
  ...['71850', '0', '', '2'],
].join('^');
export const NOTICE =
  'simreal^5001234501^0000000001^^02^0^00^0^005930^0000000002^000070000^093000^0^2^2^00950^000000010^name^000000000^1^N^^^^삼성전자^000070000';
export const NOTICE_2024 =
  'simreal^5001234501^0000000001^^02^0^00^0^005930^0000000002^000070000^093000^0^2^2^00950^000000010^name^삼성전자^^^삼성전자^000070000';
export const OVERSEAS_NOTICE =
  'simreal^5001234501^0000000007^0000000006^02^2^2^AAPL^0000000003^001480100^^0^1^2^00950^^name^APPLE^6^10^^^^';

function frame(trId: string, body: string, count = 1): FrameText {
  const cut = splitFrame(`0|${trId}|${String(count).padStart(3, '0')}|${body}`);
  if (!cut) throw new Error('It is no frame.');
  return cut;
}

/** What a readable frame contains, or why it cannot be read. */
export function eventsOf(trId: string, body: string, count = 1) {
  const reading = readFrame(frame(trId, body, count), AT);
  return 'events' in reading ? reading.events : reading.unreadable;
}
