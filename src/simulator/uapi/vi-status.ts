import { quotation } from './answer';
import { type Service } from './service';

/** 변동성완화장치(VI) 현황 [v1_국내주식-055]: nothing is ever interrupted here. Not at the mock host. */
export const VI_STATUS: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/inquire-vi-status',
  trIds: { real: ['FHPST01390000'], mock: [] },
  forAccount: false,
  required: ['FID_DIV_CLS_CODE', 'FID_COND_SCR_DIV_CODE', 'FID_MRKT_CLS_CODE', 'FID_INPUT_ISCD'],
  answer: () => quotation({ output: [] }),
};
