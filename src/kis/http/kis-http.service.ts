import { HttpService } from '@nestjs/axios';
import type { KisHttpInterceptor } from './kis-http.interceptor';

/**
 * The `HttpService` whose requests leave with a valid token, within the rate limit, and to KIS only. It is a class of its
 * own, so an application keeps the `HttpService` of its `HttpModule` for everything else.
 *
 *     kis.axiosRef.get('/uapi/…', { headers: { tr_id: 'FHKST01010100' }, params })
 *     kis.axiosRef.get('/uapi/…', kisRequest({ account: 'pension', trId: 'FHKST01010100' }, { params }))
 *
 * `response.data` is the parsed body of a call that KIS has executed (`rt_cd` "0"). Every failure is a KisError, except
 * that a caller who aborts gets the reason of the signal; no AxiosError leaves it.
 *
 * Time limit: `timeout` of the request in milliseconds bounds everything together (waiting for a token and for a permit,
 * exchanges, retries); then the call fails with KisTimeoutError. Default: 60 seconds, or three times the request timeout
 * if that is longer.
 *
 * Reads (GET) are retried where that is right; other verbs only after a refused token, which proves that KIS executed
 * nothing. Any number of calls may run at once.
 */
export class KisHttpService extends HttpService {
  /** Built by the module itself: an injected constructor would inherit the parameters of HttpService. */
  constructor(kis: KisHttpInterceptor) {
    super(kis.createAxios());
  }
}
