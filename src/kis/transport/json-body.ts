/** KIS's answers are records of lists of records: three levels. */
const DEEPEST = 20;

/**
 * A body as a JSON object; `null` when it is none, or nested more deeply than anything of KIS: code that walks through
 * it could run out of stack.
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) && !Array.isArray(body) && !isTooDeep(body) ? body : null;
  } catch {
    return null;
  }
}

function isTooDeep(body: object): boolean {
  let level: object[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((each) => Object.values(each).filter(isObject));
  }
  return false;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
