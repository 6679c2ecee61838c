import { ApiProperty } from '../common/api-description';
import { GATEWAY_COLUMNS, type GatewayColumns } from '../config/gateway-variables';
import { ALLOWANCES, type Allowance } from './program-key';

export abstract class ProgramErrorDto {
  @ApiProperty({ description: 'When it was answered.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly at: Date;

  @ApiProperty({ description: "KIS's code, or ours (KAPI…).", example: 'EGW00201' })
  abstract readonly code: string;

  @ApiProperty({ description: 'What happened.' })
  abstract readonly message: string;
}

/** What a program has registered for real time. */
export abstract class ProgramRegistrationDto {
  @ApiProperty({ description: 'TR id of the channel.', example: 'H0STCNT0' })
  abstract readonly trId: string;

  @ApiProperty({
    description: 'Symbol; of order notices the first characters of the HTS id.',
    example: '005930',
  })
  abstract readonly trKey: string;
}

/** A program that calls KIS through the gateway. */
export abstract class ProgramDto {
  @ApiProperty({
    description: 'Name of the program; account:… for all with an account’s own key.',
    example: 'bot',
  })
  abstract readonly program: string;

  @ApiProperty({ description: 'Account in whose name it calls.', example: 'main' })
  abstract readonly account: string;

  @ApiProperty({ enum: ['MOCK', 'REAL'], description: 'Paper trading or real money.' })
  abstract readonly mode: 'MOCK' | 'REAL';

  @ApiProperty({ enum: ALLOWANCES, description: 'Whether it may order too.' })
  abstract readonly allow: Allowance;

  @ApiProperty({ enum: GATEWAY_COLUMNS, description: 'Layout of its realtime frames.' })
  abstract readonly columns: GatewayColumns;

  @ApiProperty({ description: 'The first ten characters of its app key.', example: 'PStoMm5NMd…' })
  abstract readonly appKey: string;

  @ApiProperty({ description: 'Requests since this process was started.' })
  abstract readonly requests: number;

  @ApiProperty({ description: 'Requests of the last minute.' })
  abstract readonly requestsLastMinute: number;

  @ApiProperty({ type: Date, nullable: true, description: 'When it last sent a request.' })
  abstract readonly lastRequestAt: Date | null;

  @ApiProperty({ type: ProgramErrorDto, nullable: true, description: 'The last error that it received.' })
  abstract readonly lastError: ProgramErrorDto | null;

  @ApiProperty({ type: [ProgramRegistrationDto], description: 'What it has registered for real time.' })
  abstract readonly registrations: readonly ProgramRegistrationDto[];
}

/** The gateway and the programs that use it. */
export abstract class GatewayDto {
  @ApiProperty({ description: 'Whether it is on (KIS_GATEWAY).' })
  abstract readonly enabled: boolean;

  @ApiProperty({
    enum: GATEWAY_COLUMNS,
    description: 'Layout of realtime frames unless a program has another.',
  })
  abstract readonly columns: GatewayColumns;

  @ApiProperty({ type: [ProgramDto], description: 'All that may call.' })
  abstract readonly programs: readonly ProgramDto[];
}
