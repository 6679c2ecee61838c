import { type Brokerage } from '../brokerage';
import { type IncomingCall } from '../message';
import { type IssueRecord } from '../oauth/issue-log';
import { shortKey, tokenHash } from '../secrecy';
import { BadControlError, membersOf } from './control';

const SHORTEST_PREFIX = 10;

/** GET /__sim/tokens */
export function listTokens(_call: IncomingCall, brokerage: Brokerage): object {
  const { tokens } = brokerage;
  return {
    tokens: tokens.all.map(({ token, appKey, issuedAt, expiresAt }) => ({
      appKey: shortKey(appKey),
      tokenHash: tokenHash(token),
      issuedAt: new Date(issuedAt).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
      state: tokens.isDead(token) ? 'killed' : expiresAt <= brokerage.now() ? 'expired' : 'valid',
    })),
  };
}

/** POST /__sim/tokens/kill */
export function killTokens(call: IncomingCall, brokerage: Brokerage): object {
  const { appKey, ...rest } = membersOf(call);
  if (Object.keys(rest).length > 0) throw new BadControlError('Give {"appKey": "…"}, or {} for every key.');
  const now = brokerage.now();
  if (appKey === undefined) return { killed: brokerage.tokens.killAll(now) };
  if (typeof appKey !== 'string' || appKey.length < SHORTEST_PREFIX) {
    throw new BadControlError(
      `"appKey" must be an app key or at least its first ${SHORTEST_PREFIX} characters.`,
    );
  }
  // The key itself too: it may have tokens of an earlier run without having been seen in this one.
  const keys = new Set([appKey, ...brokerage.customers.appKeys.filter((key) => key.startsWith(appKey))]);
  return { killed: [...keys].reduce((killed, key) => killed + brokerage.tokens.killAll(now, key), 0) };
}

/** GET /__sim/issues */
export function listIssues(_call: IncomingCall, { issues }: Brokerage): object {
  return { keys: issues.appKeys.map((appKey) => issuesOfKey(appKey, issues.of(appKey))) };
}

function issuesOfKey(appKey: string, records: readonly IssueRecord[]): object {
  const gaps = records.slice(1).map(({ at }, index) => (at - (records[index]?.at ?? at)) / 1000);
  return {
    appKey: shortKey(appKey),
    shortestGapSeconds: gaps.length > 0 ? Math.min(...gaps) : null,
    requests: records.map((record, index) => ({
      ...record,
      at: new Date(record.at).toISOString(),
      gapSeconds: gaps[index - 1] ?? null,
    })),
  };
}
