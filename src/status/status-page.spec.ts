import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATUS_PAGE } from './status-page';

const html = readFileSync(join(STATUS_PAGE, 'index.html'), 'utf8');
const files = readdirSync(STATUS_PAGE);
const scripts = files
  .filter((name) => name.endsWith('.js'))
  .map((name) => [name, readFileSync(join(STATUS_PAGE, name), 'utf8')] as const);

interface Figures {
  grouped(text: string): string;
  won(text: string): string;
  compact(text: string): string;
  percent(text: string): string;
  duration(seconds: number): string;
}

describe('the status page', () => {
  it('has no inline script or style, which the content security policy would block', () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  });

  it('asks for nothing from elsewhere, so that it works offline', () => {
    const css = readFileSync(join(STATUS_PAGE, 'status.css'), 'utf8');
    for (const text of [html, css, ...scripts.map(([, source]) => source)]) {
      expect(text).not.toMatch(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/i);
    }
  });

  it('names only files that exist', () => {
    const own = [...html.matchAll(/(?:src|href)="\/([^"]+\.[a-z]+)"/g)].map(([, name]) => name ?? '');
    const imported = scripts.flatMap(([, source]) =>
      [...source.matchAll(/from '\.\/([^']+)'/g)].map(([, name]) => name ?? ''),
    );
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const name of [...own, ...imported])
      expect([name, existsSync(join(STATUS_PAGE, name))]).toEqual([name, true]);
  });

  it('never writes HTML from data', () => {
    for (const [, source] of scripts)
      expect(source).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });

  it('fills only fields that its templates have', () => {
    const fields = new Set([...html.matchAll(/data-field="([^"]+)"/g)].map(([, name]) => name));
    const used = scripts.flatMap(([, source]) =>
      [...source.matchAll(/\bfields\.([a-zA-Z]+)/g)].map(([, name]) => name),
    );
    expect(used.filter((name) => !fields.has(name))).toEqual([]);
  });
});

describe('figures on the status page', () => {
  const figures = jest.requireActual<Figures>('./public/figures.js');

  it.each([
    ['1710000', '1,710,000'],
    ['70000.0000', '70,000'],
    ['135440.2517', '135,440.2517'],
    ['-49000', '−49,000'],
    ['123456789012345678901', '123,456,789,012,345,678,901'],
    ['', '–'],
    ['n/a', 'n/a'],
  ])('writes %s as %s', (text, written) => {
    expect(figures.grouped(text)).toBe(written);
  });

  it.each([
    ['won', '-49000', '−₩49,000'],
    ['percent', '0.42553191', '▲ 0.43 %'],
    ['percent', '-2.95', '▼ 2.95 %'],
    ['percent', '0.00', '0.00 %'],
    ['compact', '55291000', '5,529.1만원'],
    ['compact', '-13710000', '−1,371만원'],
    ['compact', '123456789', '1.2억원'],
    ['compact', '9999', ''],
  ] as const)('%s(%s) is %s', (name, text, written) => {
    expect(figures[name](text)).toBe(written);
  });

  it.each([
    [80_000, '22:13:20'],
    [59.9, '0:00:59'],
    [-5, '0:00:00'],
  ])('counts %d s as %s', (seconds, written) => {
    expect(figures.duration(seconds)).toBe(written);
  });
});
