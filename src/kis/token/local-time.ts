/** Times in the local time of this process, as log lines and the token files of Python programs write them. */

const NAIVE = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:?\d{2})?$/;

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

/** `2025-11-03 19:45:30` in the time zone of this process, for log lines and messages. */
export function localTime(epochMs: number): string {
  const at = new Date(epochMs);
  const date = `${at.getFullYear().toString().padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Wall time of this process without a zone, as Python's `datetime.now().isoformat()` writes it: six decimals. */
export function formatNaive(epochMs: number): string {
  const whole = Math.round(epochMs);
  const micros = ((((whole % 1000) + 1000) % 1000) * 1000).toString().padStart(6, '0');
  return `${localTime(whole).replace(' ', 'T')}.${micros}`;
}

/** Reads the output of Python's `datetime.isoformat()`, with or without decimals and zone; `null` for anything else. */
export function parseNaive(text: unknown): number | null {
  const match = typeof text === 'string' ? NAIVE.exec(text) : null;
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const millis = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const zone = match[8];
  if (zone === undefined) return new Date(year, month - 1, day, hour, minute, second, millis).getTime();
  return Date.UTC(year, month - 1, day, hour, minute, second, millis) - offsetMs(zone);
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
