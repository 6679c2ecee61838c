import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { KisTokenService, type KisTokenReadiness } from '../kis';

type TokenCheck = () => HealthIndicatorResult;

/** Checks for Terminus: accounts that can be served, and those that cannot. */
interface TokenChecks {
  readonly served: TokenCheck[];
  readonly unserved: TokenCheck[];
}

const WORDS: Readonly<Record<KisTokenReadiness['status'], string>> = {
  fresh: 'There is a valid token.',
  due: 'The token is valid; its renewal is due.',
  expiring: 'The token is still valid, but about to expire.',
  expired: 'The token has expired and there is no new one yet.',
  absent: 'There is no token yet.',
};

/** Reasons contain paths, hosts and messages of KIS and are left out, because the health routes need no key. */
const SAVED_NOWHERE = 'It is in memory only; /api/tokens says why.';
const FAILED = '/api/tokens says why.';

/** Whether tokens can be served, in the form of Terminus. Reads memory only: never waits and never calls KIS. */
@Injectable()
export class TokenHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly tokens: KisTokenService,
  ) {}

  checks(): TokenChecks {
    const { tokens } = this.tokens.readiness();
    const checksOf = (ready: boolean) =>
      tokens.filter((token) => token.ready === ready).map((token) => () => this.indicate(token));
    return { served: checksOf(true), unserved: checksOf(false) };
  }

  private indicate(token: KisTokenReadiness) {
    const indicator = this.indicators.check(`token:${token.alias}`);
    const { status, problem, degraded } = token;
    const notes = [...(problem === null ? [] : [FAILED]), ...(degraded === null ? [] : [SAVED_NOWHERE])];
    const facts = { token: status, detail: [WORDS[status], ...notes].join(' ') };
    return token.ready ? indicator.up(facts) : indicator.down(facts);
  }
}
