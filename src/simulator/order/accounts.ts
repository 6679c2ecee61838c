import { type Fields } from '../message';

/** Name of the account that a call is about: "50112345-01". */
export function accountOf(fields: Fields): string {
  return `${fields.get('CANO')}-${fields.get('ACNT_PRDT_CD')}`;
}
