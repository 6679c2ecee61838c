import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import {
  KisClock,
  KisHttpService,
  KisModule,
  kisRequest,
  KisTokenService,
  RedisAddress,
  SystemKisClock,
  type KisOptions,
} from '../../src/kis';

const PRICE = '/uapi/domestic-stock/v1/quotations/inquire-price';

@Module({})
class ProgramModule {}

/** A program over the library as its users write them. */
export interface Program {
  readonly tokens: KisTokenService;
  /** One call to KIS in the name of an account; rejects as KisHttpService does. */
  call(symbol: string, account?: string): Promise<void>;
  close(): Promise<void>;
}

/** What a program is started with; goes through JSON. */
export interface ProgramSetting {
  readonly kis: KisOptions;
  /** Where the tokens are shared, for the store `redis`. */
  readonly redisUrl?: string;
}

export async function openProgram(
  { kis, redisUrl }: ProgramSetting,
  clock = new SystemKisClock(),
): Promise<Program> {
  const redis = redisUrl === undefined ? {} : { redis: new RedisAddress({ url: redisUrl }) };
  const imports = [ScheduleModule.forRoot(), KisModule.forRoot({ ...kis, ...redis })];
  const building = Test.createTestingModule({ imports: [{ module: ProgramModule, imports }] });
  const program = await building.overrideProvider(KisClock).useValue(clock).compile();
  await program.init();
  const http = program.get(KisHttpService, { strict: false });
  return {
    tokens: program.get(KisTokenService, { strict: false }),
    call: async (symbol, account) => {
      const params = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol };
      const headers = { tr_id: 'FHKST01010100' };
      await firstValueFrom(http.get(PRICE, kisRequest(account ? { account } : {}, { headers, params })));
    },
    close: () => program.close(),
  };
}
