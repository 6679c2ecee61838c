import { Injectable } from '@nestjs/common';
import { AccountLogger } from '../account-logger';
import { KisClock, KisRandom } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisBadResponseError, KisUnavailableError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import { classOf } from '../protocol/answer-codes';
import type { KisReadCall } from '../protocol/kis-calls';
import { KisApiClient, type KisContinuation, type KisPage, type KisReadOptions } from './kis-api.client';
import { withinDeadline } from './deadline';
import { jittered } from './retry-policy';

/** Reads lists that come in pages: the result is complete and consistent, or there is an error. */
@Injectable()
export class KisPageReader {
  private readonly logger = new AccountLogger('KIS API');

  constructor(
    private readonly api: KisApiClient,
    private readonly configuration: KisConfiguration,
    private readonly clock: KisClock,
    private readonly random: KisRandom,
  ) {}

  /**
   * Reads page after page until the collector returns that it was the last. When KIS reports in between that the data has
   * changed (SYDB0050), everything is read again from the first page, up to three times.
   *
   * @param open makes an empty collector; called again for each reading from the first page.
   * @throws KisBadResponseError after 100 pages; KisUnavailableError when the data keeps changing; KisTimeoutError when all of
   * it together takes too long; as
   * `KisApiClient.read` does.
   */
  async readAll<C extends KisPageCollector>(
    account: KisAccount,
    call: KisReadCall,
    params: Readonly<Record<string, string>>,
    open: () => C,
    { timeoutMs, signal, urgent }: KisReadOptions,
  ): Promise<C> {
    const limitMs = timeoutMs ?? this.configuration.requestPolicy(account.credential).deadlineMs;
    return withinDeadline(this.clock, { what: call.title, timeoutMs: limitMs, signal }, (limited) =>
      this.readConsistently(account, call, params, open, { signal: limited, urgent }),
    );
  }

  private async readConsistently<C extends KisPageCollector>(
    account: KisAccount,
    call: KisReadCall,
    params: Readonly<Record<string, string>>,
    open: () => C,
    options: LimitedOptions,
  ): Promise<C> {
    for (let restarts = 0; ; restarts += 1) {
      const outcome = await this.readOnce(account, call, params, open(), options);
      if (!(outcome instanceof PagesChanged)) return outcome;
      const pauseMs = RESTART_PAUSES_MS[restarts];
      if (pauseMs === undefined) throw outcome.failure;
      this.logger.debug(
        account.credential,
        `${call.title} changed while it was being read; it is read again from the first page`,
      );
      await this.clock.sleep(jittered(pauseMs, this.random), options.signal);
    }
  }

  private async readOnce<C extends KisPageCollector>(
    account: KisAccount,
    call: KisReadCall,
    params: Readonly<Record<string, string>>,
    collector: C,
    options: LimitedOptions,
  ): Promise<C | PagesChanged> {
    let continuation: KisContinuation | undefined;
    for (let turn = 0; turn < MOST_PAGES; turn += 1) {
      const reading = this.api.read(account, call, params, { ...options, continuation });
      const page = await (continuation ? reading.catch(changedPages) : reading);
      if (page instanceof PagesChanged) return page;
      const next = collector.add(page);
      if (!next) return collector;
      continuation = next;
    }
    throw new KisBadResponseError(
      `${call.title} did not end after ${MOST_PAGES} pages. None of the data was used; try again later.`,
    );
  }
}

/** Collects the pages of one list. */
export interface KisPageCollector {
  /** Adds a page and returns where the next one begins; `null` when this was the last. */
  add(page: KisPage): KisContinuation | null;
}

/** The time limit of a whole list, and whether its pages are urgent. */
type LimitedOptions = Pick<KisReadOptions, 'urgent'> & { readonly signal: AbortSignal };

/** 5,000 holdings at 50 a page: no account has them, so the paging does not end. */
const MOST_PAGES = 100;

/** Before the list is read again from its first page, because it changed while it was being read. */
const RESTART_PAUSES_MS = [500, 1000, 2000];

/** The pages read so far do not belong together with those that would follow. */
class PagesChanged {
  constructor(readonly failure: KisUnavailableError) {}
}

function changedPages(error: unknown): PagesChanged {
  if (error instanceof KisUnavailableError && classOf(error.kis?.msgCd ?? '') === 'pages-changed') {
    return new PagesChanged(error);
  }
  throw error;
}
