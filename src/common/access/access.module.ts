import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key.guard';
import { RefusedRequests } from './refused-requests';
import { WhoMayAsk } from './who-may-ask';

/** Access control for the whole application. `configureApp` puts {@link WhoMayAsk} before every route. */
@Module({
  providers: [RefusedRequests, WhoMayAsk, { provide: APP_GUARD, useClass: ApiKeyGuard }],
  exports: [RefusedRequests, WhoMayAsk],
})
export class AccessModule {}
