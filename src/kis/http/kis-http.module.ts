import { HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { KisCallModule } from './kis-call.module';
import { KisHttpService } from './kis-http.service';

/**
 * `KisHttpService`, for an application that uses `KisTokenModule` alone; `KisModule` includes it.
 *
 * A module that imports this one can also inject it as `HttpService`. Other modules keep the `HttpService` that they have.
 * A module that needs both imports `HttpModule` only, and injects `KisHttpService` and `HttpService`.
 */
@Module({
  imports: [KisCallModule],
  providers: [{ provide: HttpService, useExisting: KisHttpService }],
  exports: [KisCallModule, HttpService],
})
export class KisHttpModule {}
