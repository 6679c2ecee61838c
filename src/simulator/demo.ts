/** A public demo account, which exists in the simulator only. */
export interface DemoAccount {
  /** 36 characters */
  readonly appKey: string;
  /** 180 characters */
  readonly appSecret: string;
  /** First eight digits of the account number (CANO) */
  readonly accountNumber: string;
  /** Last two digits of the account number (ACNT_PRDT_CD) */
  readonly accountCode: string;
  /** HTS id, under which order notices are registered */
  readonly htsId: string;
}

const SECRET_LENGTH = 180;

/** One demo account at each host. The keys open nothing at KIS and may be printed. */
export const DEMO_ACCOUNTS: { readonly real: DemoAccount; readonly mock: DemoAccount } = {
  real: {
    appKey: 'PSdEmOrEaLSimulatorRealDemoKey000001',
    appSecret: invented('Simulator+Real+Demo+Secret+Opens+Nothing/'),
    accountNumber: '50012345',
    accountCode: '01',
    htsId: 'simreal',
  },
  mock: {
    appKey: 'PStoMm5NMdSimulatorMockDemoKey000001',
    appSecret: invented('Simulator+Mock+Demo+Secret+Opens+Nothing/'),
    accountNumber: '50112345',
    accountCode: '01',
    htsId: 'simmock',
  },
};

function invented(words: string): string {
  return words.repeat(SECRET_LENGTH).slice(0, SECRET_LENGTH);
}
