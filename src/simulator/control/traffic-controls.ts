import { type Brokerage } from '../brokerage';
import { type HeaderPair, type IncomingCall } from '../message';
import { type LoggedRequest } from '../request-log';
import { maskedAccount, shortKey, tokenHash } from '../secrecy';
import { BadControlError } from './control';

const USUAL_LIMIT = 100;

/** GET /__sim/requests */
export function listRequests(call: IncomingCall, { requests }: Brokerage): object {
  const limit = call.query.has('limit') ? Number(call.query.get('limit')) : USUAL_LIMIT;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new BadControlError('"limit" must be a whole number from 1.');
  }
  return { count: requests.length, requests: requests.all.slice(-limit).map(shown) };
}

/** A request without its body, and with its secrets shortened. */
function shown({ at, host, method, path, query, headers, trId, status, code }: LoggedRequest): object {
  return {
    at: new Date(at).toISOString(),
    host,
    method,
    path,
    trId,
    status,
    code,
    query: Object.fromEntries(Object.entries(query).map(shownParameter)),
    headers: headers.map(shownHeader),
  };
}

/** Masks the account number, with which the paging areas begin, too. */
function shownParameter([name, value]: [string, string]): [string, string] {
  const holdsAccount = /^(CANO|CTX_AREA_FK\d+)$/i.test(name);
  return [name, holdsAccount && value !== '' ? maskedAccount(value) : value];
}

function shownHeader([name, value]: HeaderPair): HeaderPair {
  switch (name.toLowerCase()) {
    case 'authorization':
      return [
        name,
        `${value.split(' ')[0]?.slice(0, 10) ?? ''} (hash ${tokenHash(value.replace(/^Bearer +/i, ''))})`,
      ];
    case 'appsecret':
      return [name, `(${value.length} characters)`];
    case 'appkey':
      return [name, shortKey(value)];
    default:
      return [name, value];
  }
}
