function two(value: number): string {
  return value.toString().padStart(2, '0');
}

/** `2025-11-03 19:45:30` in the zone of this process, for people. */
export function localTime(epochMs: number): string {
  const at = new Date(epochMs);
  const date = `${at.getFullYear().toString().padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
