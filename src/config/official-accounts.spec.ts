import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './load-config';
import { KEY, SECRET, problemsOf } from '../../test/support/settings-samples';

describe("the official samples' file", () => {
  let directory: string;
  let file: string;

  const write = (text: string | Uint8Array, mode = 0o600): void => {
    writeFileSync(file, text, { mode });
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-'));
    file = join(directory, 'kis_devlp.yaml');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('gives the accounts mock and real', () => {
    write(
      [
        '#실전투자',
        `my_app: "${KEY}"`,
        `my_sec: '${SECRET}'`,
        `paper_app: X${KEY.slice(1)}   # unquoted`,
        `paper_sec: "${SECRET}"`,
        'my_htsid: "사용자 HTS ID"',
        'my_acct_stock: "50112345"',
        'my_paper_stock: 60112345',
        'my_prod: 03',
        'my_prod: 01 # 종합계좌',
        '# my_prod: "03"',
        'prod: "https://openapi.koreainvestment.com:9443" # 서비스',
      ].join('\r\n'),
    );
    const config = loadConfig({ KIS_CONFIG_FILE: file });
    expect(config.kis.accounts).toEqual([
      {
        alias: 'mock',
        mode: 'MOCK',
        orders: { enabled: false, reason: expect.stringContaining('KIS_ORDERS=true') as string },
        appKey: `X${KEY.slice(1)}`,
        appSecret: SECRET,
        accountNumber: '60112345',
        accountCode: '01',
      },
      {
        alias: 'real',
        mode: 'REAL',
        orders: { enabled: false, reason: expect.stringContaining('KIS_ORDERS=true') as string },
        appKey: KEY,
        appSecret: SECRET,
        accountNumber: '50112345',
        accountCode: '01',
        baseUrl: 'https://openapi.koreainvestment.com:9443',
      },
    ]);
    expect(config.warnings).toEqual([]);
  });

  it('skips an account that still has the placeholders of the template', () => {
    write(
      `my_app: "앱키"\nmy_sec: "앱키 시크릿"\npaper_app: "${KEY}"\npaper_sec: "${SECRET}"\nmy_paper_stock: "60112345"\n`,
    );
    expect(loadConfig({ KIS_CONFIG_FILE: file }).kis.accounts.map(({ alias }) => alias)).toEqual(['mock']);
  });

  it('is refused when no account is filled in', () => {
    write('my_app: "앱키"\n');
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringContaining('KIS_CONFIG_FILE: names a file without keys'),
    ]);
  });

  it('is checked, and problems name its own keys', () => {
    write(`my_app: "${KEY} "\nprod: "http://example.com"\n`);
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringMatching(/^prod in the file that KIS_CONFIG_FILE names: must begin with https/),
      expect.stringMatching(/^my_app in the file .*starts or ends with spaces/),
      expect.stringMatching(/^my_sec in the file .*missing/),
      expect.stringMatching(/^my_acct_stock in the file .*missing/),
    ]);
  });

  it('warns of an address that is not KIS, unless another one goes before it', () => {
    write(
      `my_app: "${KEY}"\nmy_sec: "${SECRET}"\nmy_acct_stock: 50112345\nprod: "https://elsewhere.example"\n`,
    );
    expect(loadConfig({ KIS_CONFIG_FILE: file }).warnings).toEqual([
      'prod in the file that KIS_CONFIG_FILE names: keys and tokens go to https://elsewhere.example, which is not a host of KIS.',
    ]);
    const own = { KIS_CONFIG_FILE: file, KIS_BASE_URL: 'https://openapi.koreainvestment.com:9443' };
    expect(loadConfig(own).warnings).toEqual([]);
  });

  it.each([
    ['my_app: "YOUR_APP_KEY"\nmy_sec: "YOUR_APP_SECRET"\nmy_acct_stock: "12345678"', 'English'],
    ['my_app: "여기에 실전투자 앱키 입력"\nmy_sec: "여기에 실전투자 앱시크릿 입력"', 'Korean'],
  ])('has no account as long as it holds placeholders: %s (%s)', (text) => {
    write(text);
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringContaining('KIS_CONFIG_FILE: names a file without keys'),
    ]);
  });

  it('names the account number that is still a placeholder', () => {
    write(`my_app: "${KEY}"\nmy_sec: "${SECRET}"\nmy_acct_stock: "증권계좌 8자리"\n`);
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringMatching(/^my_acct_stock in the file .*missing/),
    ]);
  });

  it('may be UTF-16 with a byte order mark', () => {
    const text = `paper_app: "${KEY}"\npaper_sec: "${SECRET}"\npaper_htsid: 가\nmy_paper_stock: 01234567\n`;
    write(Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect(loadConfig({ KIS_CONFIG_FILE: file }).kis.accounts).toMatchObject([{ accountNumber: '01234567' }]);
  });

  it.each([
    ['CP949', Buffer.from([0x23, 0xc7, 0xd1, 0xb1, 0xdb]), /not UTF-8 .*save it as UTF-8/],
    ['broken YAML', Buffer.from(`my_app: "${KEY}\n`), /not valid YAML \(near line \d+: \w+\)/],
    ['too deep YAML', Buffer.from('['.repeat(50_000)), /another structure/],
  ])('is refused in %s, without a word of its contents', (_, bytes, words) => {
    write(bytes);
    const [problem = '', ...others] = problemsOf({ KIS_CONFIG_FILE: file });
    expect(problem).toMatch(words);
    expect(problem).not.toContain(KEY.slice(0, 12));
    expect(others).toEqual([]);
  });

  it('is reported when other users can read it', () => {
    if (process.platform === 'win32') return;
    write(`paper_app: "${KEY}"\npaper_sec: "${SECRET}"\nmy_paper_stock: "60112345"\n`, 0o644);
    expect(loadConfig({ KIS_CONFIG_FILE: file }).warnings).toEqual([
      'KIS_CONFIG_FILE: names a file that can be read by other users of this machine (mode 644): chmod 600.',
    ]);
  });
});
