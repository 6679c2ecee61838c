import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { COMMANDS } from '../src/cli/commands';
import { help } from '../src/cli/help';
import { readEnvironment } from '../src/config/environment';
import { httpProblem } from '../src/platform/problem';
import { PROJECT } from './support/project';
import {
  BACKGROUND_PAGES,
  codeBlock,
  codeBlocks,
  codeBlocksIn,
  MANUALS,
  manualText,
  pageText,
  withoutComments,
  type CodeBlock,
} from './support/manual';
import { embeddedEnv, RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

/** Served beside what OpenAPI describes. */
const PAGES = ['GET /', 'GET /docs', 'GET /docs-json'];
/** Scripts of package.json that others call. */
const INNER_SCRIPTS = /^(pre|check:|build$)/;

/** The text of the product, with what is put into its messages left out. */
const SOURCES = readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(join(PROJECT, 'src', file), 'utf8'))
  .join('\n');

const LANGUAGES = ['english', 'korean'] as const;

describe.each(LANGUAGES)('The manual (%s)', (name) => {
  const text = manualText(name);
  let api: RunningApi;
  let description: OpenAPIObject;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({ env: embeddedEnv(directory.path) });
    description = (await api.ask<OpenAPIObject>('/docs-json')).body;
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  it('names every variable', () => {
    const { values } = readEnvironment(PROJECT, {});
    const shipped = Object.keys(values).filter((variable) => !text.includes(`\`${variable}\``));
    expect(shipped).toEqual([]);
  });

  it('names every route, and none that does not exist', () => {
    const served = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const named = Array.from(text.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/[^`?\s]*)[^`]*`/g), (match) =>
      `${match[1] ?? ''} ${match[2] ?? ''}`.trim(),
    );
    const ours = [...new Set(named)].filter((route) => !route.includes(' /__sim'));
    expect(ours.sort()).toEqual([...served, ...PAGES].sort());
  });

  it('names every control of the simulator', async () => {
    const answer = await fetch(`${api.simulator.mockUrl ?? ''}/__sim`);
    const { controls } = (await answer.json()) as { controls: object };
    const missing = Object.keys(controls).filter((control) => {
      const [method = '', path = ''] = control.split(' ');
      return !text.split('\n').some((line) => line.includes(`${path}\``) && line.includes(method));
    });
    expect(missing).toEqual([]);
  });

  it('names every code of a problem in its table, with the status', async () => {
    const codes = await problemCodes(api);
    expect(codes.length).toBeGreaterThan(25);
    const rows = Array.from(text.matchAll(/^\| (`[A-Z_`, ]+`) \| ([^|]+)\|/gm));
    const missing = codes.filter(
      ([code, status]) =>
        !rows.some(([, names, statuses]) => names?.includes(`\`${code}\``) && statuses?.includes(status)),
    );
    expect(missing).toEqual([]);
  });

  it('names every command', () => {
    const commands = COMMANDS.map(({ name: command, parameters }) => `kis ${command} ${parameters}`.trim());
    const written = text.replaceAll('\\|', '|'); // In a table.
    expect(commands.filter((command) => !written.includes(command))).toEqual([]);
  });

  it('names every script that people run', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const missing = Object.keys(scripts)
      .filter((script) => !INNER_SCRIPTS.test(script))
      .filter((script) => !new RegExp(`npm (run (-s )?)?${script}\\b`).test(text));
    expect(missing).toEqual([]);
  });

  it('quotes messages that the sources contain', () => {
    const quoted = Array.from(
      text.matchAll(/^\| (`[^|]*`)[^|]*\|[^|]+\|[^|]+\|$/gm),
      ([, first = '']) => first,
    )
      .flatMap((first) => Array.from(first.matchAll(/`([^`]+)`/g), ([, message = '']) => message))
      .filter((message) => message.includes(' ') && !/^(GET|POST|DELETE|npm|kis) /.test(message))
      .flatMap((message) => message.replace(/^[\w.]+: /, '').split(/ ?… ?/));
    const invented = quoted.filter((fragment) => !SOURCES.includes(fragment.replace(/^, /, '')));
    expect(quoted.length).toBeGreaterThan(20);
    expect(invented).toEqual([]);
  });

  it('leads nowhere wrong', () => {
    const links = [...MANUALS[name], ...BACKGROUND_PAGES[name]].flatMap((page) =>
      Array.from(pageText(page).matchAll(/\]\((?!https?:)([^)]*)\)/g), ([, link = '']) => ({ page, link })),
    );
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter(({ page, link }) => !leadsSomewhere(page, link))).toEqual([]);
  });

  it('shows answers with the very fields that are answered', async () => {
    for (const [part, path] of [
      ['"holdings"', '/api/accounts/main/balance'],
      ['"refreshAt"', '/api/tokens/main'],
      ['NOT_AVAILABLE_IN_MOCK', '/api/accounts/main/assets'],
    ] as const) {
      const shown: unknown = JSON.parse(codeBlock(name, 'json', part));
      expect(namesIn(shown)).toEqual(namesIn((await api.ask(path)).body));
    }
  });
});

describe('The manuals', () => {
  it('show the help of the command line', () => {
    expect(codeBlock('english', 'text', 'Exit codes').trim()).toBe(help().trim());
  });

  it('have the same code in both languages', () => {
    const [english, korean] = LANGUAGES.map((name) => programsIn(codeBlocks(name)));
    expect(korean).toEqual(english);
  });

  it.each(
    BACKGROUND_PAGES.english.map((page, index) => [page, BACKGROUND_PAGES.korean[index] ?? ''] as const),
  )('have the same code in %s and %s, and lead from one to the other', (english, korean) => {
    const [one, other] = [pageText(english), pageText(korean)];
    expect(programsIn(codeBlocksIn(other))).toEqual(programsIn(codeBlocksIn(one)));
    expect(one).toContain(`[${korean}](`);
    expect(other).toContain(`[${english}](`);
    expect(headingsIn(other)).toHaveLength(headingsIn(one).length);
  });
});

/** What is typed or run, without its comments. */
function programsIn(blocks: readonly CodeBlock[]): { readonly language: string; readonly code: string }[] {
  return blocks
    .filter(({ language, text }) => language !== 'text' && language !== 'ini' && text !== '')
    .map(({ language, text }) => ({ language, code: withoutComments(text) }));
}

function headingsIn(text: string): string[] {
  return Array.from(text.matchAll(/^#+ .*$/gm), ([heading]) => heading);
}

/** Whether the file of a link exists, and the heading in it. */
function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : join(dirname(page), file);
  if (!existsSync(join(PROJECT, target))) return false;
  if (anchor === undefined) return true;
  const headings = Array.from(pageText(target).matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    anchorOf(heading),
  );
  return headings.includes(anchor);
}

/** As GitHub makes it from a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** All names of an answer, level by level, without its values. */
function namesIn(value: unknown): unknown {
  if (Array.isArray(value)) return [namesIn(value[0])];
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).map(([name, inner]) => [name, namesIn(inner)]);
}

/** Refused with a code of its own instead of FORBIDDEN. */
const FOREIGN_SITE = '403';

/** Every code that the API can answer with its status: those of the library, of refused requests, and of Fastify. */
async function problemCodes(api: RunningApi): Promise<(readonly [code: string, status: string])[]> {
  const ofLibrary = Array.from(
    SOURCES.matchAll(/^ {2}([A-Z_]+): \{ status: (\d{3}), title/gm),
    ([, code = '', status = '']) => [code, status] as const,
  );
  const statuses = Array.from(
    SOURCES.matchAll(/httpProblem\((\d{3})|^ {2}(\d{3}): '|return (\d{3});/gm),
    ([, ...found]) => found.join(''),
  );
  const ofStatuses = statuses
    .filter((status) => status !== FOREIGN_SITE)
    .map((status) => [httpProblem(Number(status), '').code, status] as const);
  const { code, status } = (await api.ask<ProblemBody>('/nowhere')).body;
  return [['UNAUTHORIZED', '401'], ...ofLibrary, ...ofStatuses, [code, String(status)]];
}
