/** What `kis --help` prints. */
export const USAGE = `kis - tokens, accounts and balances of KIS (한국투자증권) from the command line

  kis token status [alias]    how long the token is valid, where it is kept, when it is renewed
  kis token get [alias]       prints a valid token and nothing else:  curl -H "authorization: Bearer $(kis token get)" …
  kis token refresh [alias]   asks KIS for a new one now (at most once a minute; a real account gets a KakaoTalk message)
  kis token delete [alias]    forgets the stored token
  kis token revoke [alias]    forgets it, and makes KIS forget it
  kis import <file> [alias]   takes over a token that another program keeps (token_*.json, KISyyyymmdd)
  kis accounts                the configured accounts
  kis balance [alias]         domestic stock balance
  kis doctor [--online]       checks configuration, files and clock; with --online also the way to KIS

  --json                      machine-readable answers
  --help                      this text

Configuration is that of the service: .env, .env.local, environment. Exit codes: 0 fine, 1 failed, 2 wrong usage.
`;

/** The command line cannot be understood; the message says which part. */
export class UsageError extends Error {}
