import { Module } from '@nestjs/common';
import { ReadyAccounts } from '../common/ready-accounts';
import { EventConnections } from './event-connections';
import { StreamController } from './stream.controller';

@Module({ controllers: [StreamController], providers: [ReadyAccounts, EventConnections] })
export class StreamModule {}
