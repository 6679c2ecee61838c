import { HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { createKisAxios } from './kis-axios';
import { KisCallModule } from './kis-call.module';
import { KisHttpAdapter } from './kis-http.adapter';

/**
 * Provides an `HttpService` whose requests leave with a valid token, paced, and to KIS only:
 *
 *     http.get('/uapi/…', { headers: { tr_id: 'FHKST01010100' }, params })
 *
 * `response.data` is the parsed body of a call that KIS has executed (`rt_cd` "0"). Every failure is a KisError, except
 * that a caller who aborts gets the reason of his signal. The option `kis` of a request names another account than the
 * first one (see `KisRequestOptions`). Needs the token module, which is global.
 */
@Module({
  imports: [KisCallModule],
  providers: [
    KisHttpAdapter,
    {
      provide: HttpService,
      inject: [KisHttpAdapter],
      useFactory: (kis: KisHttpAdapter) => new HttpService(createKisAxios(kis)),
    },
  ],
  exports: [HttpService, KisCallModule],
})
export class KisHttpModule {}
