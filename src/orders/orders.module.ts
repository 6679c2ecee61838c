import { Module } from '@nestjs/common';
import { SettlementsController } from './settlements.controller';
import { OrdersController } from './orders.controller';
import { OrdersService } from './orders.service';
import { TradingController } from './trading.controller';

@Module({
  controllers: [OrdersController, SettlementsController, TradingController],
  providers: [OrdersService],
})
export class OrdersModule {}
