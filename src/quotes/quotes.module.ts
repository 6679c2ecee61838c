import { Module } from '@nestjs/common';
import { QuoteAccounts } from './quote-accounts';
import { QuotesController } from './quotes.controller';

@Module({ controllers: [QuotesController], providers: [QuoteAccounts] })
export class QuotesModule {}
