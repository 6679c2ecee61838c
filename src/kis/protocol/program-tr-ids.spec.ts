import { isCancellation } from './program-tr-ids';

const DOMESTIC = '/uapi/domestic-stock/v1/trading';
const ABROAD = '/uapi/overseas-stock/v1/trading';
const FUTURES = '/uapi/domestic-futureoption/v1/trading';

describe('isCancellation', () => {
  it.each([
    ['VTTC0013U', `${DOMESTIC}/order-rvsecncl`, '02'],
    ['TTTT1004U', `${ABROAD}/order-rvsecncl?x=1`, '02'],
    ['TTTS6038U', `${ABROAD}/daytime-order-rvsecncl`, '02'],
    ['VTTS1003U', `${ABROAD}/order-rvsecncl`, '02'],
    ['STTN1103U', `${FUTURES}/order-rvsecncl`, '02'],
    ['TTTS0302U', `${ABROAD}/order-rvsecncl`, '02'],
    ['CTSC0009U', `${DOMESTIC}/order-resv-rvsecncl`, ''],
    ['VTTT3017U', `${ABROAD}/order-resv-ccnl`, ''],
  ])('takes %s at %s with "%s" for a cancellation', (trId, path, division) => {
    expect(isCancellation(trId, path, division)).toBe(true);
  });

  it.each([
    ['a modification', 'TTTC0013U', `${DOMESTIC}/order-rvsecncl`, '01'],
    ['a change that does not say which', 'TTTS1003U', `${ABROAD}/order-rvsecncl`, ''],
    ['the modification of a reserved order', 'CTSC0013U', `${DOMESTIC}/order-resv-rvsecncl`, '02'],
    ['a new order', 'TTTC0012U', `${DOMESTIC}/order-rvsecncl`, '02'],
    ['a TR id that is not listed', 'TTTX9999U', `${ABROAD}/order-rvsecncl`, '02'],
    ['a path of new orders', 'TTTC0013U', `${DOMESTIC}/order-cash`, '02'],
    ['a path of changes in the query only', 'CTSC0009U', `${DOMESTIC}/order-resv?/order-rvsecncl`, '02'],
  ])('takes %s for none', (_, trId, path, division) => {
    expect(isCancellation(trId, path, division)).toBe(false);
  });
});
