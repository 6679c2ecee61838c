import { Injectable } from '@nestjs/common';
import { KisClock, KisConfiguration, KisTokenService, type KisToken } from '../kis';
import type { GatewayCaller } from './gateway-callers';
import { hashOf } from './program-key';
import { ProgramKeyStore } from './program-key-store';
import { claimsOf, isSignedWith, standInToken } from './stand-in-token';

/**
 * Gives tokens to programs, checks and revokes them. With an account's own key a program gets the shared token. With a
 * program key it gets a stand-in, which expires with the shared token and is not accepted by KIS.
 */
@Injectable()
export class ProgramTokens {
  constructor(
    private readonly tokens: KisTokenService,
    private readonly keys: ProgramKeyStore,
    private readonly configuration: KisConfiguration,
    private readonly clock: KisClock,
  ) {}

  /** The token for a caller. Requests none from KIS unless one is due. @throws as `KisTokenService.getToken` rejects. */
  async handOut(caller: GatewayCaller, signal: AbortSignal): Promise<ProgramToken> {
    const shared = await this.tokens.getToken(caller.account.alias, { signal });
    const { tokenType, expiresAt } = shared;
    if (!caller.key)
      return { accessToken: this.remembered(caller, shared.accessToken), tokenType, expiresAt };
    const token = standInToken(caller.appKey, caller.signingKey, this.clock.now(), expiresAt);
    return { accessToken: this.remembered(caller, token), tokenType: 'Bearer', expiresAt };
  }

  /** `null` for a token that this caller may use, else KIS's code for what is wrong with it. */
  problemWith(caller: GatewayCaller, token: string): 'EGW00121' | 'EGW00123' | null {
    if (!caller.key && this.isShared(caller, token)) return null;
    const claims = claimsOf(token);
    if (claims?.jti !== caller.appKey) return 'EGW00121';
    if (caller.key && !this.isStandInOf(caller, token)) return 'EGW00121';
    return claims.expiresAt <= this.clock.now() ? 'EGW00123' : null;
  }

  /** Revokes a stand-in. The shared token stays valid, because others use it. */
  async revoke({ key }: GatewayCaller, token: string): Promise<void> {
    const until = claimsOf(token)?.expiresAt;
    if (!key || until === undefined) return;
    const now = this.clock.now();
    await this.keys.change(key, (current) => {
      const others = current.revoked.filter((each) => each.until > now);
      return { ...current, revoked: [...others, { hash: hashOf(token), until }] };
    });
  }

  private isStandInOf({ key, signingKey }: GatewayCaller, token: string): boolean {
    if (!key || !isSignedWith(token, signingKey)) return false;
    return key.revoked.length === 0 || !key.revoked.some(({ hash }) => hash === hashOf(token));
  }

  private isShared(caller: GatewayCaller, token: string): boolean {
    const shared = this.tokens.getToken(caller.account.alias);
    if (!(shared instanceof Promise)) return isSame(shared, token);
    shared.catch(() => undefined);
    return false;
  }

  /** Makes the redactor remove the token from everything that is printed. */
  private remembered({ name }: GatewayCaller, token: string): string {
    this.configuration.redactor.knowToken(`gateway ${name}`, token);
    return token;
  }
}

/** A token as a program receives it. */
export interface ProgramToken {
  readonly accessToken: string;
  readonly tokenType: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

function isSame({ accessToken }: KisToken, token: string): boolean {
  return accessToken === token;
}
