import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './project';

export const READMES = ['README.md', 'README.ko.md'] as const;
export type Readme = (typeof READMES)[number] | 'docs/library.md';

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

export function readmeText(name: Readme): string {
  return readFileSync(join(PROJECT, name), 'utf8');
}

/** The fenced blocks of a page, in order; indentation, as in lists, is taken away. */
export function codeBlocks(name: Readme): CodeBlock[] {
  return Array.from(readmeText(name).matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm), (match) => {
    const [, indent = '', language = '', text = ''] = match;
    return { language, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
  });
}

/** The one block of a language that contains `part`. */
export function codeBlock(name: Readme, language: string, part: string): string {
  const found = codeBlocks(name).filter((block) => block.language === language && block.text.includes(part));
  if (found.length !== 1)
    throw new Error(`${name} has ${found.length} ${language} blocks with "${part}" instead of one.`);
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
