import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './load-config';
import { KEY, SECRET, problemsOf } from './spec-support';

describe("the official samples' file", () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-'));
    file = join(directory, 'kis_devlp.yaml');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('gives the accounts mock and real', () => {
    writeFileSync(
      file,
      [
        '#실전투자',
        `my_app: "${KEY}"`,
        `my_sec: '${SECRET}'`,
        `paper_app: X${KEY.slice(1)}   # unquoted`,
        `paper_sec: "${SECRET}"`,
        'my_htsid: "사용자 HTS ID"',
        'my_acct_stock: "50112345"',
        'my_paper_stock: 60112345',
        '  my_prod: "01" # 종합계좌',
        '# my_prod: "03"',
        'prod: "https://openapi.koreainvestment.com:9443" # 서비스',
        'nonsense',
      ].join('\r\n'),
    );
    const config = loadConfig({ KIS_CONFIG_FILE: file });
    expect(config.kis.accounts).toEqual([
      {
        alias: 'mock',
        mode: 'MOCK',
        appKey: `X${KEY.slice(1)}`,
        appSecret: SECRET,
        accountNumber: '60112345',
        accountCode: '01',
      },
      {
        alias: 'real',
        mode: 'REAL',
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
    writeFileSync(
      file,
      `my_app: "앱키"\nmy_sec: "앱키 시크릿"\npaper_app: "${KEY}"\npaper_sec: "${SECRET}"\nmy_paper_stock: "60112345"\n`,
    );
    expect(loadConfig({ KIS_CONFIG_FILE: file }).kis.accounts.map(({ alias }) => alias)).toEqual(['mock']);
  });

  it('is refused when no account is filled in', () => {
    writeFileSync(file, 'my_app: "앱키"\n');
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringContaining('KIS_CONFIG_FILE: names a file without keys'),
    ]);
  });

  it('is checked, and problems name its own keys', () => {
    writeFileSync(file, `my_app: "${KEY} "\nprod: "http://example.com"\n`);
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringMatching(/^prod in the file that KIS_CONFIG_FILE names: must begin with https/),
      expect.stringMatching(/^my_app in the file .*blanks/),
      expect.stringMatching(/^my_sec in the file .*missing/),
      expect.stringMatching(/^my_acct_stock in the file .*missing/),
    ]);
  });
});
