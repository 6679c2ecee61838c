import { ApiProperty } from '../common/api-description';
import type { KisRefreshResult, KisTokenStatus } from '../kis';

export abstract class TokenErrorDto {
  @ApiProperty({ description: 'Code of the problem.', example: 'KIS_UNAVAILABLE' })
  abstract readonly code: string;

  @ApiProperty({ description: 'What happened and what to do.' })
  abstract readonly message: string;

  @ApiProperty({ description: 'When it happened.', example: '2026-11-22T04:30:00.000Z' })
  abstract readonly at: Date;
}

/** The status of a token, without the token itself. */
export abstract class TokenDto implements KisTokenStatus {
  @ApiProperty({ description: 'Name of the account.', example: 'main' })
  abstract readonly alias: string;

  @ApiProperty({ enum: ['MOCK', 'REAL'], description: 'Paper trading or real money.', example: 'MOCK' })
  abstract readonly mode: 'MOCK' | 'REAL';

  @ApiProperty({ description: 'The first ten characters of the app key.', example: 'PStoMm5NMd…' })
  abstract readonly appKey: string;

  @ApiProperty({
    enum: ['absent', 'fresh', 'due', 'expiring', 'expired'],
    description:
      'absent: none yet. fresh: nothing to do. due: the scheduled job is to renew it; still handed out. ' +
      'expiring: inside the buffer before its end. expired: not handed out any more.',
    example: 'fresh',
  })
  abstract readonly status: KisTokenStatus['status'];

  @ApiProperty({ type: String, nullable: true, description: 'As KIS named it.', example: 'Bearer' })
  abstract readonly tokenType: string | null;

  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'When KIS issued it.',
    example: '2026-11-22T04:30:00.000Z',
  })
  abstract readonly issuedAt: Date | null;

  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'When it expires.',
    example: '2026-11-23T04:30:00.000Z',
  })
  abstract readonly expiresAt: Date | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds until then.', example: 80000 })
  abstract readonly remainingSeconds: number | null;

  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'When the scheduled job renews it.',
    example: '2026-11-23T03:02:11.000Z',
  })
  abstract readonly refreshAt: Date | null;

  @ApiProperty({
    enum: ['memory', 'file', 'redis', 'api'],
    nullable: true,
    description: 'Where the token in use was obtained.',
    example: 'file',
  })
  abstract readonly source: KisTokenStatus['source'];

  @ApiProperty({
    enum: ['file', 'memory', 'redis'],
    description: 'Where tokens are stored.',
    example: 'file',
  })
  abstract readonly store: KisTokenStatus['store'];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Its file, when the store has files. Deleting it forces a new token.',
    example: '~/KIS/tokens/token_PStoMm5NMd_mock.json',
  })
  abstract readonly filePath: string | null;

  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'Until then no new token may be requested from KIS (one a minute for an app key).',
    example: null,
  })
  abstract readonly cooldownUntil: Date | null;

  @ApiProperty({
    type: TokenErrorDto,
    nullable: true,
    description: 'The latest failure; null after a success.',
  })
  abstract readonly lastError: TokenErrorDto | null;

  @ApiProperty({
    description: 'Token requests that reached KIS today (Korean day), by all processes that share the store.',
    example: 1,
  })
  abstract readonly issuedToday: number;
}

export abstract class RefreshedTokenDto extends TokenDto {
  @ApiProperty({
    enum: ['refreshed', 'adopted', 'unchanged'],
    description:
      'refreshed: KIS issued another token. adopted: another process had just stored one. ' +
      'unchanged: KIS handed out the same token again, as it does within six hours.',
    example: 'refreshed',
  })
  abstract readonly outcome: KisRefreshResult['outcome'];
}
