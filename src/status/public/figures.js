// Formats of figures and times on the status page.

/** Groups the digits of a decimal string as it is: nothing is rounded. */
export function grouped(text) {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) return text || '–';
  const fraction = (parts[3] ?? '').replace(/0+$/, '');
  const whole = BigInt(parts[2]).toLocaleString('en-US');
  return `${parts[1] === '-' ? '−' : ''}${whole}${fraction && `.${fraction}`}`;
}

export const won = (text) => (text === null ? '–' : `₩${grouped(text)}`.replace('₩−', '−₩'));

const inKorean = new Intl.NumberFormat('ko-KR', {
  ...{ notation: 'compact', maximumFractionDigits: 1, useGrouping: 'always' },
});

/** 5,529.1만원: the size of an amount as Koreans say it; empty below 1만원. */
export function compact(text) {
  const amount = Number(text);
  return Math.abs(amount) >= 10_000 ? `${inKorean.format(amount).replace('-', '−')}원` : '';
}

export const direction = (text) => (Number(text) > 0 ? 'up' : Number(text) < 0 ? 'down' : '');
export const arrow = (text) => ({ up: '▲ ', down: '▼ ' })[direction(text)] ?? '';
export const percent = (text) =>
  text === null ? '–' : `${arrow(text)}${Math.abs(Number(text)).toFixed(2)} %`;

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

const moment = new Intl.DateTimeFormat(undefined, {
  ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  hourCycle: 'h23',
});
export const when = (iso) => (iso ? moment.format(new Date(iso)) : '–');
