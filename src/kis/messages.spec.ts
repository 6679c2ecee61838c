import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { type KisCredential } from './kis-credential';
import { KisConfiguration } from './kis.options';
import { TokenCipher } from './token/token-cipher';

const PROJECT = join(__dirname, '../..');
const ENVIRONMENT = readFileSync(join(PROJECT, '.env'), 'utf8');
/** The variables of the application, by the settings file that lists all of them. */
const VARIABLES = Array.from(ENVIRONMENT.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm), ([, name = '']) => name);
/** `kis token …`, `npm run …`: the commands of the application. */
const COMMAND =
  /\bkis (token (status|get|refresh|delete|revoke)|doctor|accounts|balance|import|order|quote|gateway)\b|\bnpm (run|start|test)\b|\.env\b/;

/** What is said in a source file: its texts without code and comments. */
function textsIn(path: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) texts.push(node.text);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023));
  return texts;
}

describe('the messages of the library', () => {
  const sources = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/(\.spec\.ts$|^testing\/)/.test(file),
  );

  it('name neither a variable nor a command of the application', () => {
    expect(VARIABLES).toEqual(
      expect.arrayContaining(['KIS_TOKEN_DIR', 'REDIS_URL', 'KIS_REQUESTS_PER_SECOND']),
    );
    const names = new RegExp(`\\b(${[...VARIABLES, 'HTTPS_PROXY', 'NO_PROXY'].join('|')})\\b`);
    const found = sources.flatMap((file) =>
      textsIn(join(__dirname, file))
        .filter((text) => names.test(text) || COMMAND.test(text))
        .map((text) => `${file}: ${text}`),
    );
    expect(sources.length).toBeGreaterThan(150);
    expect(found).toEqual([]);
  });

  const account = { mode: 'MOCK', appKey: 'PSkey', appSecret: 'secret', accountNumber: '50112345' } as const;
  const encrypted = (credential: KisCredential): string =>
    new TokenCipher(Buffer.alloc(32, 1).toString('base64')).encrypt('a token', credential);

  it('name an option as the application calls it, else as the library does', () => {
    const accounts = [account, { ...account, alias: 'pension', appKey: 'PSother' }];
    const [plain, named] = [
      new KisConfiguration({ accounts }),
      new KisConfiguration({ accounts, nameOption: (option, alias) => `${option} of ${alias ?? 'all'}` }),
    ].map((configuration) => configuration.account('pension').credential);
    expect(plain?.nameOption('baseUrl')).toBe('the option "baseUrl"');
    expect(named?.nameOption('baseUrl')).toBe('baseUrl of pension');
    expect(named && new TokenCipher().decrypt(encrypted(named), named)).toHaveProperty(
      'undecryptable',
      expect.stringContaining('tokenCipher of pension is not set'),
    );
  });
});
