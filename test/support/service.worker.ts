import { HttpKisAuthClient } from '../../src/kis/auth/http-kis-auth.client';
import { SystemKisClock, SystemKisRandom } from '../../src/kis/clock';
import { KisConfiguration } from '../../src/kis/kis.options';
import { SAMPLE_KEY } from '../../src/kis/testing/sample-tokens';
import { FileKisTokenStore } from '../../src/kis/token/file/file-kis-token.store';
import { KisTokenService } from '../../src/kis/token/kis-token.service';

/** A program that wants one valid token, and says which it got. */
interface Wish {
  readonly directory: string;
  readonly baseUrl: string;
  /** Goes to the issuer as the app secret, so that it knows who asks. */
  readonly name: string;
  readonly issueIntervalSeconds: number;
  readonly requestTimeoutMs: number;
}

async function main(): Promise<void> {
  const wish = JSON.parse(process.argv[2] ?? '') as Wish;
  const account = {
    mode: 'MOCK',
    appKey: SAMPLE_KEY,
    appSecret: wish.name,
    accountNumber: '50112345',
    baseUrl: wish.baseUrl,
    requestTimeoutMs: wish.requestTimeoutMs,
  } as const;
  const { issueIntervalSeconds } = wish;
  const configuration = new KisConfiguration({
    accounts: [account],
    issueIntervalSeconds,
    tokenDir: wish.directory,
  });
  const clock = new SystemKisClock();
  const store = new FileKisTokenStore(wish.directory, configuration.tokenPolicy, clock);
  const auth = new HttpKisAuthClient(configuration, clock);
  const tokens = new KisTokenService(configuration, store, auth, clock, new SystemKisRandom());
  process.stdout.write(`${JSON.stringify(await patiently(tokens))}\n`);
  await tokens.beforeApplicationShutdown();
}

/** Asks again when there is none yet: how long that takes is for the rules of the claim to say. */
async function patiently(tokens: KisTokenService): Promise<string> {
  for (;;) {
    try {
      return (await tokens.getToken()).accessToken;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

void main();
