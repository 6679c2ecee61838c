import type { AnswerCodes } from './answer-class';

/** Codes of the websocket. Source: error list of the KIS portal; OPSP0011 is known from public captures. */
export const WEBSOCKET_CODES = {
  success: {
    OPSP0000: 'SUBSCRIBE SUCCESS',
    OPSP0001: 'UNSUBSCRIBE SUCCESS',
    OPSP0002: 'ALREADY IN SUBSCRIBE',
  },
  transient: {
    OPSP0007: 'SUBSCRIBE INTERNAL ERROR',
    OPSP0009: 'SUBSCRIBE ERROR : mci send failed',
    OPSP8996: 'ALREADY IN USE appkey',
    OPSP8999: 'resource not available (ALLOC_CALL_PARAM)',
    OPSP9993: 'internal error',
    OPSP9995: 'resource not available',
  },
  'token-refused': { OPSP0011: 'invalid approval(appkey) : NOT FOUND' },
  'credentials-refused': {
    OPSP0010: 'SUBSCRIBE WARNNING : invalid appkey',
    OPSP8994: 'personalseckey not found',
    OPSP8995: 'appsecret not found',
    OPSP9994: 'INVALID appkey',
    OPSP9996: 'appkey',
  },
  malformed: {
    OPSP8991: 'invalid tr_id',
    OPSP8993: 'invalid tr_key (JSON)',
    OPSP8997: 'invalid tr_type',
    OPSP8998: 'invalid custtype',
    OPSP9991: 'input not found',
    OPSP9992: 'body not found',
    OPSP9997: 'custtype not found',
    OPSP9998: 'header not found',
    OPSP9999: 'invalid json format',
  },
  'invalid-input': { OPSP8992: 'invalid tr_key', OPSP9990: 'invalid tr_key' },
  refused: { OPSP0003: 'UNSUBSCRIBE ERROR(not found!)', OPSP0008: 'MAX SUBSCRIBE OVER' },
} as const satisfies AnswerCodes;
