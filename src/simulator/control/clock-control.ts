import { type Brokerage } from '../brokerage';
import { koreanDateTime } from '../korean-time';
import { type IncomingCall } from '../message';
import { BadControlError, membersOf } from './control';

/** POST /__sim/clock */
export function moveClock(call: IncomingCall, brokerage: Brokerage): object {
  const { offsetSeconds, advanceSeconds, ...rest } = membersOf(call);
  const seconds = offsetSeconds ?? advanceSeconds;
  const isOne = (offsetSeconds === undefined) !== (advanceSeconds === undefined);
  if (!isOne || Object.keys(rest).length > 0 || typeof seconds !== 'number') {
    throw new BadControlError('Give either {"offsetSeconds": number} or {"advanceSeconds": number}.');
  }
  const from = offsetSeconds === undefined ? brokerage.settings.clockOffsetMs : 0;
  brokerage.update({ clockOffsetMs: from + Math.round(seconds * 1000) });
  const now = brokerage.now();
  return {
    now: new Date(now).toISOString(),
    inKorea: koreanDateTime(now),
    offsetSeconds: brokerage.settings.clockOffsetMs / 1000,
  };
}
