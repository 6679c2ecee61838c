const ACCOUNT_NUMBER =
  'KIS does not accept the account number: check its eight digits and the two of the product code.';

const ADDRESS =
  "Register the public IP address of this machine on the KIS developers' portal, or call from an address that is registered there.";

const NO_PERMISSION =
  "The app key has no permission for this: apply for the KIS Developers service for this account on the portal (API 신청), check that it has not expired, or ask KIS's customer service.";

/** What to change after a refusal whose message does not say so. */
export const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['EGW00003', NO_PERMISSION],
  ['EGW00004', NO_PERMISSION],
  ['EGW00206', NO_PERMISSION],
  ['EGW00207', ADDRESS],
  ['EGW00303', ADDRESS],
  [
    'EGW00210',
    'KIS does not offer mock trading to firms: use trading mode REAL with a key for REAL trading.',
  ],
  [
    'EGW02004',
    'A MOCK app key was used at the REAL host: set the trading mode to MOCK, or use a key for REAL trading.',
  ],
  [
    'EGW02005',
    'The TR id belongs to MOCK trading, the host to REAL: use the TR id for REAL trading (it begins with T or C).',
  ],
  [
    'EGW02006',
    'The TR id belongs to REAL trading, the host to MOCK: use the TR id for MOCK trading (it begins with V), if there is one.',
  ],
  [
    'EGW02007',
    'A REAL app key was used at the MOCK host: set the trading mode to REAL, or apply for a key for MOCK trading (모의투자).',
  ],
  [
    'IGW00002',
    'The account number does not belong to the app key: check account number, product code and key; each account has its own key.',
  ],
  ['OPSQ0002', 'KIS does not know the TR id in this trading mode: many calls are not offered in MOCK.'],
  ['MCA00124', 'KIS does not know the path in this trading mode: many calls are not offered in MOCK.'],
  ['90000000', 'KIS does not offer this in mock trading (모의투자): use an account with trading mode REAL.'],
  ['OPSQ2000', ACCOUNT_NUMBER],
  ['APAC0081', ACCOUNT_NUMBER],
  ['APAC0489', 'The call is for securities accounts (위탁계좌) only: check the product code of the account.'],
  ['APBK1271', ACCOUNT_NUMBER],
]);
