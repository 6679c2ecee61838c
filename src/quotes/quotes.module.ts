import { Module } from '@nestjs/common';
import { ReadyAccounts } from '../common/ready-accounts';
import { QuotesController } from './quotes.controller';

@Module({ controllers: [QuotesController], providers: [ReadyAccounts] })
export class QuotesModule {}
