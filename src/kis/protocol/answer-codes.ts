import type { AnswerCodes, KisAnswerClass } from './answer-class';
import { GATEWAY_CODES } from './gateway-codes';
import { SERVICE_CODES } from './service-codes';
import { WEBSOCKET_CODES } from './websocket-codes';

interface KnownCode {
  readonly answerClass: KisAnswerClass;
  /** The literal words of KIS; empty where no source quotes them. */
  readonly words: string;
}

/** Every code of the contract. */
export const ANSWER_CODES: ReadonlyMap<string, KnownCode> = new Map(
  [GATEWAY_CODES, SERVICE_CODES, WEBSOCKET_CODES].flatMap(knownCodes),
);

/** What a code means. A code that is not in the contract is a refusal: KIS has judged the call in some way. */
export function classOf(code: string): KisAnswerClass {
  return ANSWER_CODES.get(code)?.answerClass ?? 'refused';
}

function knownCodes(codes: AnswerCodes): [string, KnownCode][] {
  return (Object.keys(codes) as KisAnswerClass[]).flatMap((answerClass) =>
    Object.entries(codes[answerClass] ?? {}).map(([code, words]): [string, KnownCode] => [
      code,
      { answerClass, words },
    ]),
  );
}
