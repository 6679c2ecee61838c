import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { HttpKisAuthClient } from '../../../src/kis/auth/http-kis-auth.client';
import type { KisCredential } from '../../../src/kis/kis-credential';
import { KisError } from '../../../src/kis/kis.errors';
import { APP_KEY, APP_SECRET, configurationAt, LocalKis, type Reply } from './local-kis';
import { ManualKisClock } from '../../../src/kis/testing/manual-clock';

export const TOKEN = 'eyJ0eXAi.eyJqdGki.c2lnbmF0dXJl';

export const ISSUED = {
  access_token: TOKEN,
  access_token_token_expired: '2026-11-23 13:00:00',
  token_type: 'Bearer',
  expires_in: 86400,
};

/** The token endpoint client, over a local server and a manual clock, with what it logs. */
export class AuthFixture {
  readonly clock = new ManualKisClock();
  readonly client: HttpKisAuthClient;
  readonly credential: KisCredential;
  /** `level [tag] message` */
  readonly log: string[] = [];

  private constructor(readonly kis: LocalKis) {
    const configuration = configurationAt(kis.origin);
    this.credential = configuration.account().credential;
    this.client = new HttpKisAuthClient(configuration, this.clock);
    const write =
      (level: string) =>
      (message: unknown, tag?: string): void => {
        this.log.push(`${level} [${tag ?? ''}] ${String(message)}`);
      };
    Logger.overrideLogger({ log: write('log'), warn: write('warn'), error: write('error') });
  }

  static async open(): Promise<AuthFixture> {
    return new AuthFixture(await LocalKis.start());
  }

  async close(): Promise<void> {
    Logger.overrideLogger(false);
    await this.kis.stop();
  }

  issue(reply: Reply) {
    this.kis.reply = reply;
    return this.client.issue(this.credential, 20_000);
  }

  /** The error of an issue, after checking that neither it nor the log tells a secret. */
  async failureOfIssue(reply: Reply): Promise<KisError> {
    const error: unknown = await this.issue(reply).then(
      () => new Error('a token was issued'),
      (failure: unknown) => failure,
    );
    const told =
      inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + this.log.join('\n');
    if (told.includes(APP_SECRET) || told.includes(APP_KEY)) throw new Error('Key or secret was told.');
    if (!(error instanceof KisError)) throw new Error(`No KisError: ${told}`);
    return error;
  }
}
