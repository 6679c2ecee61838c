import { type IncomingCall } from '../message';
import { type SimulatorSettings } from '../settings';
import { type Answer, gatewayRefusal, serviceRefusal } from './answer';
import { GATEWAY_MESSAGES, type GatewayCode } from './gateway-messages';
import { SERVICE_MESSAGES } from './service-messages';

const CODE = /^(?:[A-Z]{2,5}\d{4,5}|\d{8})$/;

/** Whether a forced refusal may have this code: any code of the services, but only listed codes of the gateway. */
export function isPlayable(code: string): boolean {
  return CODE.test(code) && (isGatewayCode(code) || !code.startsWith('EGW'));
}

/** The message for codes that no source quotes with theirs. */
const NO_WORDS = '처리 중 오류가 발생했습니다.';

/** The refusal that is set, if it applies to this call. Counts `refuseNext` down. */
export function forcedRefusal(call: IncomingCall, settings: SimulatorSettings): Answer | null {
  if (!isMeant(call, settings)) return null;
  if (settings.refuseAll !== null) return refusalWith(settings.refuseAll, settings);
  if (settings.refuseNext === 0) return null;
  settings.refuseNext -= 1;
  return refusalWith(settings.refuseNextCode, settings);
}

/** The message of a code, also for the endpoints under /oauth2. */
export function wordsOf(code: string): string {
  return isGatewayCode(code) ? GATEWAY_MESSAGES[code] : (SERVICE_MESSAGES[code]?.[1] ?? NO_WORDS);
}

function refusalWith(code: string, settings: Readonly<SimulatorSettings>): Answer {
  if (isGatewayCode(code)) return gatewayRefusal(code, statusOf(code, settings));
  const [rtCd, msg1] = SERVICE_MESSAGES[code] ?? ['1', NO_WORDS];
  const answer = serviceRefusal(rtCd, code, msg1);
  return /^[EI]GW/.test(code) ? { ...answer, status: 500 } : answer;
}

/** Refused tokens come with HTTP 500 in newer public reports, with 200 in open-trading-api legacy/rest. */
export function statusOf(code: string, { expiredAs }: Readonly<SimulatorSettings>): number {
  return code === 'EGW00121' || code === 'EGW00123' ? expiredAs : 500;
}

function isMeant({ headers }: IncomingCall, { refuseTrId, refusePages }: SimulatorSettings): boolean {
  if (refuseTrId !== null && headers.get('tr_id') !== refuseTrId) return false;
  const isFollowing = headers.get('tr_cont') === 'N';
  return refusePages === 'all' || (refusePages === 'following') === isFollowing;
}

function isGatewayCode(code: string): code is GatewayCode {
  return Object.hasOwn(GATEWAY_MESSAGES, code);
}
