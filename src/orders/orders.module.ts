import { Module } from '@nestjs/common';
import { OrdersController } from './orders.controller';
import { OrdersService } from './orders.service';
import { TradingController } from './trading.controller';

@Module({ controllers: [OrdersController, TradingController], providers: [OrdersService] })
export class OrdersModule {}
