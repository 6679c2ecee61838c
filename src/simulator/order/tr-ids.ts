/** The transaction id at the mock host begins with V (open-trading-api, kis_auth.py). */
export function inMock(trId: string): string {
  return `V${trId.slice(1)}`;
}
