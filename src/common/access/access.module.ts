import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key.guard';
import { RefusedRequests } from './refused-requests';
import { AccessPolicy } from './access-policy';

/** Access control for the whole application. `configureApp` puts {@link AccessPolicy} before every route. */
@Module({
  providers: [RefusedRequests, AccessPolicy, { provide: APP_GUARD, useClass: ApiKeyGuard }],
  exports: [RefusedRequests, AccessPolicy],
})
export class AccessModule {}
