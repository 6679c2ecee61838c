import type { KisCredential } from '../kis-credential';

/** A token as KIS returned it, with its dates as stated. */
export interface IssuedToken {
  /** The token itself: a secret. */
  readonly accessToken: string;
  /** `Bearer`; KIS issues no other type. */
  readonly tokenType: string;
  /** `access_token_token_expired`, read as Korean time; epoch milliseconds; `null` when missing or unreadable. */
  readonly statedExpiry: number | null;
  /** `expires_in`; `null` when missing or no number. */
  readonly expiresInSeconds: number | null;
  /** The brokerage's `Date` header; epoch milliseconds, whole seconds. */
  readonly serverTime: number | null;
}

/** The token endpoint of KIS, as a port. */
export abstract class KisAuthClient {
  /**
   * Requests a token, with exactly one request: no retry, no redirect, no interceptor. On a real account KIS sends the
   * owner a KakaoTalk message for every call, so only the holder of a claim may call this.
   *
   * @param withinMs time limit of the whole exchange: what the claim leaves of the credential's request timeout.
   * @throws KisTokenCooldownError (EGW00133), KisCredentialsRejectedError, KisTimeoutError, KisUnavailableError,
   * KisBadResponseError; with the `serverTime` of a response that was a refusal.
   */
  abstract issue(credential: KisCredential, withinMs: number): Promise<IssuedToken>;

  /** Revokes a token at KIS. Throws as {@link issue} does. */
  abstract revoke(credential: KisCredential, accessToken: string): Promise<void>;
}
