import type { AnswerCodes } from './answer-class';

/**
 * Codes of the services behind the gateway: `msg_cd` with HTTP 200. OPSQ: error list of the KIS portal
 * (https://apiportal.koreainvestment.com/faq-error-code). The others are known from official examples and public
 * captures; KIS publishes no list of them, so a code that is missing here counts as a refusal.
 */
export const SERVICE_CODES = {
  success: {
    APBK0013: '주문 전송 완료 되었습니다.',
    KIOK0460: '조회 되었습니다. (마지막 자료)',
    KIOK0510: '조회가 완료되었습니다',
    KIOK0530: '조회되었습니다',
    KIOK0560: '조회할 내용이 없습니다',
    MCA00000: '정상처리 되었습니다.',
    '20310000': '모의투자 조회가 완료되었습니다.',
    '40590000': '모의투자 매도주문이 완료 되었습니다.',
    '40600000': '모의투자 매수주문이 완료 되었습니다.',
  },
  transient: {
    OPSQ0001: '호출 전처리 오류 입니다.',
    OPSQ0003: '호출 오류 입니다.',
    OPSQ0004: '호출 후처리 오류 입니다.',
    OPSQ0005: '호출 후처리 오류 입니다.',
    OPSQ0006: '호출 후처리 오류 입니다.',
    OPSQ0007: '호출 후처리(헤더설정) 오류 입니다.',
    OPSQ0008: '호출 후처리(MCI전송) 오류 입니다.',
    OPSQ0009: '호출 후처리(MCI수신) 오류 입니다.',
    OPSQ0010: '호출 결과처리(리소스 부족) 오류 입니다.',
    OPSQ0011: '호출 결과처리(리소스 부족) 오류 입니다.',
    OPSQ1002: '세션 연결 오류..',
    OPSQ2003: 'ERROR : SET_MCI_SEND_DATA',
    OPSQ3001: 'ERROR : RESPONSE_ADDITEMTOOBJECT',
    OPSQ3002: 'ERROR : GET_CALL_PARAM_MCI_SEND_DATA_LEN',
    OPSQ3004: 'ERROR: OUT_STRING_ARRAY ALLOC FAILED',
  },
  'pages-changed': { SYDB0050: '' },
  misconfigured: {
    OPSQ0002: '없는 서비스 코드 입니다.',
    OPSQ2000: 'ERROR : INPUT INVALID_CHECK_ACNO',
    APAC0081: '계좌번호 입력 오류입니다',
    APAC0489: '위탁계좌인 경우만 조회가능',
    APBK1271: '',
    MCA00124: '해당 서비스를 찾을수 없습니다.',
    '90000000': '모의투자에서는 해당업무가 제공되지 않습니다.',
  },
  malformed: {
    OPSQ2001: 'ERROR : INPUT INVALID_CHECK_MRKT_DIV_CODE',
    OPSQ2002: 'ERROR : INPUT INVALID_CHECK_FIELD_LENGTH',
    OPSQ9995: 'JSON PARSING ERROR : body not found',
    OPSQ9996: 'JSON PARSING ERROR : header not found',
    OPSQ9997: 'JSON PARSING ERROR : invalid json format',
    OPSQ9998: 'JSON PARSING ERROR : seq_no not found',
    OPSQ9999: 'JSON PARSING ERROR : tr_id not found',
  },
  'invalid-input': {
    APBK0400: '주문 가능한 수량을 초과했습니다',
    APBK0506: '주식주문호가단위 오류',
    APBK0656: '해당종목정보가 없습니다',
    APBK0963: '주문구분코드 오류 입니다.',
    APBK1507: '가격 $0.01 미만시 온라인 주문불가',
    APBK1943: '시장가호가불가로 주문이 불가합니다.',
    APBK3013: '[애프터마켓]지정가 및 최유리/최우선지정가 주문만 가능합니다.',
  },
  refused: {
    APBK0066: '',
    APBK0918: '장운영시간이 아닙니다.(주문불가)',
    APBK0919: '장운영일자가 주문일과 상이합니다',
    APBK0927: '정정취소 가능수량이 없습니다.',
    APBK0952: '주문가능금액을 초과 했습니다',
    APBK1234: '',
    APBK1664: '',
    APBK1672: '',
    IGW00009: '',
    IGW00036: '',
    KIER3672: '',
    '40100000': '모의투자 영업일이 아닙니다.',
  },
} as const satisfies AnswerCodes;
