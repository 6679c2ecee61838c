import { applyDecorators, UnauthorizedException } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problemOf } from '../platform/problem';
import { ProblemWithStatus } from '../platform/problem-with-status';
import { ORDER_EXAMPLES } from './order-problem-examples';
import { ProblemDto } from './problem.dto';
import {
  KisAccountNotFoundError,
  KisApiError,
  KisBadResponseError,
  KisCredentialsRejectedError,
  KisInvalidRequestError,
  KisNotAvailableInMockError,
  KisRateLimitedError,
  KisSymbolNotFoundError,
  KisTimeoutError,
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisTokenStoreError,
  KisUnavailableError,
} from '../kis';

const cooldown = new KisTokenCooldownError(
  'KIS issues one token a minute for an app key. Try again in 38 seconds.',
  {
    retryAt: new Date('2026-11-22T04:31:00Z'),
  },
);

/** One of each kind: what the documentation tells of a problem is made by the code that answers it. */
const EXAMPLES = {
  UNAUTHORIZED: new UnauthorizedException('The API key is missing. Send "Authorization: Bearer <key>".'),
  ACCOUNT_NOT_FOUND: new KisAccountNotFoundError('There is no account "savings". Configured: main.'),
  SYMBOL_NOT_FOUND: new KisSymbolNotFoundError('KIS has no price for "999999". Check the symbol.'),
  INVALID_REQUEST: new KisInvalidRequestError('symbol: a domestic stock code such as 005930'),
  NOT_AVAILABLE_IN_MOCK: new KisNotAvailableInMockError('KIS offers this call for REAL accounts only.'),
  KIS_REJECTED: new KisApiError('KIS refused the call: 해당 종목이 없습니다.', {
    kis: { msgCd: 'APBK0919', msg1: '해당 종목이 없습니다.', trId: 'VTTC8908R' },
  }),
  TOKEN_ISSUE_COOLDOWN: cooldown,
  TOKEN_REFRESH_TOO_EARLY: new ProblemWithStatus(409, cooldown),
  TOKEN_STORE_FAILED: new KisTokenStoreError('The token directory is read-only. Check its permissions.'),
  KIS_CREDENTIALS_REJECTED: new KisCredentialsRejectedError(
    'KIS does not accept the app secret. Check KIS_APP_SECRET.',
  ),
  KIS_TOKEN_REJECTED: new KisTokenRejectedError(
    'KIS refuses a token that it has just issued. Check key and mode.',
  ),
  KIS_RATE_LIMITED: new KisRateLimitedError('Too many calls are waiting here. Try again in a few seconds.'),
  KIS_UNAVAILABLE: new KisUnavailableError(
    'openapi.koreainvestment.com:9443 refuses connections. Try again later.',
  ),
  KIS_BUSY: new KisUnavailableError('KIS could not handle the call just now. Try again in a few seconds.', {
    kis: { msgCd: 'OPSQ1002', msg1: '세션 연결 오류..', trId: 'VTTC8434R' },
    retryAt: new Date('2026-11-22T04:30:05Z'),
  }),
  KIS_TIMEOUT: new KisTimeoutError('KIS did not answer within 10 s. Try again later.'),
  KIS_BAD_RESPONSE: new KisBadResponseError('The response of KIS does not follow its protocol.'),
  ...ORDER_EXAMPLES,
};

type ProblemKind = keyof typeof EXAMPLES;

/** What asking KIS for a token can meet. */
export const ISSUE_PROBLEMS = [
  'TOKEN_STORE_FAILED',
  'KIS_CREDENTIALS_REJECTED',
  'KIS_REJECTED',
  'KIS_UNAVAILABLE',
  'KIS_BUSY',
  'KIS_TIMEOUT',
  'KIS_BAD_RESPONSE',
] as const satisfies readonly ProblemKind[];

/** What any call for an account can meet. */
export const CALL_PROBLEMS = [
  'ACCOUNT_NOT_FOUND',
  'TOKEN_ISSUE_COOLDOWN',
  'KIS_TOKEN_REJECTED',
  'KIS_RATE_LIMITED',
  ...ISSUE_PROBLEMS,
] as const satisfies readonly ProblemKind[];

/** Documents the problems of a route under `/api`; that the API key may be missing goes without saying. */
export function ApiProblems(...kinds: readonly ProblemKind[]): MethodDecorator {
  const problems = (['UNAUTHORIZED', ...kinds] as const).map((kind) => problemOf(EXAMPLES[kind]));
  const statuses = [...new Set(problems.map(({ status }) => status))];
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) => {
      const alike = problems.filter((problem) => problem.status === status);
      return ApiResponse({
        status,
        description: alike.map(({ code, title }) => `${code}: ${title}.`).join(' '),
        ...(alike.some(({ retryAt }) => retryAt) ? { headers: { 'Retry-After': RETRY_AFTER } } : {}),
        content: {
          'application/problem+json': {
            schema: { $ref: getSchemaPath(ProblemDto) },
            examples: Object.fromEntries(alike.map((problem) => [problem.code, { value: problem }])),
          },
        },
      });
    }),
  );
}

const RETRY_AFTER = {
  description: 'Seconds after which trying again can help, where that is known.',
  schema: { type: 'integer' as const, minimum: 1 },
};
