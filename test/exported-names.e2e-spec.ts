import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { PROJECT } from './support/project';

interface ExportedName {
  readonly name: string;
  readonly file: string;
}

function sourceOf(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
}

/** What a barrel exports, and the files that declare it. */
function exportsOf(barrel: string): ExportedName[] {
  return sourceOf(barrel)
    .statements.filter(ts.isExportDeclaration)
    .flatMap((statement) => {
      const { exportClause, moduleSpecifier } = statement;
      if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
      const file = join(dirname(barrel), `${moduleSpecifier.text}.ts`);
      const names =
        exportClause && ts.isNamedExports(exportClause)
          ? exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
          : sourceOf(file).statements.filter(isExported).flatMap(namesIn);
      return names.map((name) => ({ name, file }));
    });
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function namesIn(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { readonly name?: ts.Identifier };
  return name ? [name.text] : [];
}

function isDocumented({ name, file }: ExportedName): boolean {
  const declarations = sourceOf(file).statements.filter((statement) => namesIn(statement).includes(name));
  return declarations.some((statement) => ts.getJSDocCommentsAndTags(statement).length > 0);
}

describe.each(['src/kis/index.ts', 'src/kis/testing/index.ts', 'src/simulator/index.ts'])('%s', (barrel) => {
  const names = exportsOf(join(PROJECT, barrel));

  it('exports nothing without a docstring', () => {
    expect(names.length).toBeGreaterThan(5);
    const undocumented = names.filter((name) => !isDocumented(name));
    expect(undocumented.map(({ name, file }) => `${name} (${relative(PROJECT, file)})`)).toEqual([]);
  });
});
