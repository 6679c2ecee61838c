import type { HttpService } from '@nestjs/axios';

/** Options of a call for the library; they are not sent to KIS. */
export interface KisRequestOptions {
  /** Alias of the account whose credentials are used; default: the first account. */
  readonly account?: string;
  /** TR id (`tr_id`); a header of that name does as well. */
  readonly trId?: string;
  /** `P` for persons (default), `B` for firms (`custtype`). */
  readonly custType?: 'P' | 'B';
  /** Requests a following page (`tr_cont: N`); the query then repeats the context of the page before. */
  readonly continued?: boolean;
  /**
   * Gets its permit before calls that are not urgent; for reads that an order waits for. Calls that change something
   * always do.
   */
  readonly urgent?: boolean;
}

/**
 * `AxiosRequestConfig` as `@nestjs/axios` sees it: from version 12 on that is the ES module of axios, whose types are not
 * those of its CommonJS module.
 */
type RequestConfig = Parameters<HttpService['request']>[0];

/** A configuration of axios that carries {@link KisRequestOptions}. */
export type KisRequestConfig = RequestConfig & { readonly kis?: KisRequestOptions };

/**
 * A request configuration for `KisHttpService`, with the options of the library in it. `config` is left as it is.
 *
 * A function and not an augmentation of axios: merged interfaces must repeat the type parameters of axios, which differ
 * between its versions.
 */
export function kisRequest(options: KisRequestOptions, config: RequestConfig = {}): KisRequestConfig {
  return { ...config, kis: options };
}

/** The options of the library in a configuration that axios has merged. */
export function kisOptionsIn(config: KisRequestConfig): KisRequestOptions {
  return config.kis ?? {};
}
