import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './project';

/** The pages of the manual in both languages, and the code blocks in them. */

const CHAPTERS = ['configuration', 'command-line', 'troubleshooting', 'simulator'];
/** Background pages about behaviour, which are not needed for use. */
const BACKGROUND = ['gateway', 'orders', 'realtime'];

/** Pages that are in both languages beside the manuals. */
export const BACKGROUND_PAGES = {
  english: BACKGROUND.map((name) => `docs/${name}.md`),
  korean: BACKGROUND.map((name) => `docs/ko/${name}.md`),
} as const;

/** What a user reads, in each language: the README and the pages that it leads to. */
export const MANUALS = {
  english: ['README.md', ...CHAPTERS.map((name) => `docs/${name}.md`)],
  korean: ['README.ko.md', ...CHAPTERS.map((name) => `docs/ko/${name}.md`)],
  library: ['docs/library.md'],
} as const;

export type Manual = keyof typeof MANUALS;

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

export function pageText(page: string): string {
  return readFileSync(join(PROJECT, page), 'utf8');
}

/** All pages of a manual, one after the other. */
export function manualText(manual: Manual): string {
  return MANUALS[manual].map(pageText).join('\n');
}

export function codeBlocks(manual: Manual): CodeBlock[] {
  return codeBlocksIn(manualText(manual));
}

/** The fenced blocks of a text, in order; indentation, as in lists, is taken away. */
export function codeBlocksIn(pages: string): CodeBlock[] {
  return Array.from(pages.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm), (match) => {
    const [, indent = '', language = '', text = ''] = match;
    return { language, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
  });
}

/** The one block of a language that contains `part`. */
export function codeBlock(manual: Manual, language: string, part: string): string {
  const found = codeBlocks(manual).filter(
    (block) => block.language === language && block.text.includes(part),
  );
  if (found.length !== 1)
    throw new Error(
      `The ${manual} manual has ${found.length} ${language} blocks with "${part}" instead of one.`,
    );
  return found[0]?.text ?? '';
}

/** Code as it runs: comments, docstrings and blank lines may differ between languages. */
export function withoutComments(text: string): string {
  return text
    .replaceAll(/"""[\s\S]*?"""|\/\*\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)(#|\/\/) .*$/gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
}
