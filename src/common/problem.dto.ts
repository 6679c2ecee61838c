import { ApiProperty, ApiPropertyOptional } from './api-description';
import type { KisOrderProblem } from '../kis';
import type { Problem } from '../platform/problem';

/** Code and message of KIS. */
export abstract class KisAnswerDto {
  @ApiProperty({ description: 'Message code of KIS (`msg_cd`).', example: 'APBK0919' })
  abstract readonly msgCd: string;

  @ApiProperty({
    description: 'Message of KIS (`msg1`), in Korean.',
    example: '장운영일자가 주문일과 상이합니다',
  })
  abstract readonly msg1: string;

  @ApiPropertyOptional({ description: 'Transaction id of the call to KIS (`tr_id`).', example: 'VTTC8434R' })
  abstract readonly trId?: string;
}

/** One reason for which an order was not sent. */
export abstract class OrderProblemDto implements KisOrderProblem {
  @ApiProperty({ type: String, description: 'The kind of reason, for programs.', example: 'TICK_SIZE' })
  abstract readonly code: KisOrderProblem['code'];

  @ApiProperty({
    description: 'What is wrong and what would be right.',
    example:
      '`price` 70050 is not a multiple of the tick size; the nearest valid prices are 70000 and 70100.',
  })
  abstract readonly detail: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'The valid prices next to the one that was given.',
    example: ['70000', '70100'],
  })
  abstract readonly nearestPrices?: readonly string[];
}

/** An error of this API, for the API documentation (RFC 9457, `application/problem+json`). */
export abstract class ProblemDto implements Omit<Problem, 'retryAt' | 'order'> {
  @ApiProperty({
    description: 'Names the kind of problem.',
    example: 'urn:kis-api:problem:account-not-found',
  })
  abstract readonly type: string;

  @ApiProperty({ description: 'The kind of problem in a few words.', example: 'No such account' })
  abstract readonly title: string;

  @ApiProperty({ description: 'The HTTP status.', example: 404 })
  abstract readonly status: number;

  @ApiProperty({
    description: 'What happened and what to do.',
    example: 'There is no account "abc". Configured: main.',
  })
  abstract readonly detail: string;

  @ApiProperty({ description: 'The kind of problem, for programs.', example: 'ACCOUNT_NOT_FOUND' })
  abstract readonly code: string;

  @ApiPropertyOptional({ type: KisAnswerDto, description: 'Code and message of KIS, where it responded.' })
  abstract readonly kis?: KisAnswerDto;

  @ApiPropertyOptional({
    type: [OrderProblemDto],
    description: 'Every reason for which an order was not sent (`ORDER_REFUSED`).',
  })
  abstract readonly problems?: readonly OrderProblemDto[];

  @ApiPropertyOptional({
    type: Object,
    description: 'The order that KIS refused (`KIS_REJECTED`), as other answers have it.',
  })
  abstract readonly order?: object;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'The earliest moment at which trying again can help; `Retry-After` says it in seconds.',
    example: '2026-11-22T04:31:00.000Z',
  })
  abstract readonly retryAt?: string;
}
