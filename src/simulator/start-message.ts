import { controlLines } from './control/control-panel';
import { type DemoAccount } from './demo';
import { type Simulator } from './simulator';

/** The start message of the simulator as a process of its own. */
export function startMessage({ realUrl, mockUrl, realSocketUrl, mockSocketUrl, demo }: Simulator): string {
  const [real, mock] = [realUrl ?? '', mockUrl ?? ''];
  return [
    'KIS simulator: invented accounts and figures, nothing leaves this machine.',
    '',
    `  real host (실전투자)  ${real}`,
    `  mock host (모의투자)  ${mock}`,
    `  websockets            ${realSocketUrl ?? ''} (real), ${mockSocketUrl ?? ''} (mock); any path will do`,
    '',
    'Demo accounts (the keys open nothing at KIS; any other 36/180 character pair works as well):',
    ...accountLines('real', demo.real),
    ...accountLines('mock', demo.mock),
    '',
    'To point the trading API at the mock host, put into .env.local:',
    '  KIS_SIMULATOR=false',
    '  KIS_TRADING_MODE=MOCK',
    `  KIS_BASE_URL=${mock}`,
    `  KIS_APP_KEY=${demo.mock.appKey}`,
    `  KIS_APP_SECRET=${demo.mock.appSecret}`,
    `  KIS_ACCOUNT_NUMBER=${demo.mock.accountNumber}-${demo.mock.accountCode}`,
    '  KIS_TOKEN_DIR=~/KIS/simulator-tokens',
    '',
    "To point KIS's own Python samples here, set in ~/KIS/config/kis_devlp.yaml:",
    ...pythonLines(demo, [real, mock], [realSocketUrl ?? '', mockSocketUrl ?? '']).map((line) => `  ${line}`),
    '',
    'Controls, at either host:',
    ...controlLines().map((line) => `  ${line}`),
    `  for example: curl -X PATCH ${mock}/__sim/settings -d '{"sessions": "open"}' (orders at any time of day)`,
    '',
    'Stop with Ctrl+C.',
  ].join('\n');
}

function accountLines(host: string, account: DemoAccount): string[] {
  return [
    `  ${host}  account     ${account.accountNumber}-${account.accountCode}`,
    `        app key     ${account.appKey}`,
    `        app secret  ${account.appSecret}`,
    `        HTS id      ${account.htsId}`,
  ];
}

function pythonLines(
  demo: Simulator['demo'],
  [realUrl, mockUrl]: readonly [string, string],
  [realSocketUrl, mockSocketUrl]: readonly [string, string],
): string[] {
  return [
    `my_app: "${demo.real.appKey}"`,
    `my_sec: "${demo.real.appSecret}"`,
    `paper_app: "${demo.mock.appKey}"`,
    `paper_sec: "${demo.mock.appSecret}"`,
    `my_acct_stock: "${demo.real.accountNumber}"`,
    `my_paper_stock: "${demo.mock.accountNumber}"`,
    `my_prod: "${demo.real.accountCode}"`,
    `prod: "${realUrl}"`,
    `vps: "${mockUrl}"`,
    `ops: "${realSocketUrl}"`,
    `vops: "${mockSocketUrl}"`,
    `my_htsid: "${demo.real.htsId}"`,
  ];
}
