// From results to text: tables for the console and for RESULTS.md, targets, figures of three digits.

const COMPARISONS = {
  'at most': (measured, limit) => measured <= limit,
  'at least': (measured, limit) => measured >= limit,
  below: (measured, limit) => measured < limit,
  above: (measured, limit) => measured > limit,
  exactly: (measured, limit) => measured === limit,
};

/** What was to be reached and what was. A figure that could not be measured is not reached. */
export function target(what, { goal, limit, measured, unit = '' }) {
  const reached = typeof measured === 'number' && COMPARISONS[goal](measured, limit);
  return {
    what,
    goal: `${goal} ${figure(limit)}${unit && ` ${unit}`}`,
    measured: measured ?? null,
    unit,
    reached,
  };
}

/** Three digits that mean something; whole numbers stay whole. */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  if (value === 0) return '0';
  return String(Number(value.toPrecision(3)));
}

export function tableText({ caption, columns, rows }) {
  const cells = [columns, ...rows.map((row) => row.map(figure))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row) =>
    row
      .map((cell, column) =>
        column === 0 || row.length < columns.length
          ? cell.padEnd(widths[column])
          : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [
    caption,
    line(columns),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...cells.slice(1).map(line),
  ].join('\n');
}

export function targetsText(targets) {
  return targets
    .map(
      ({ what, goal, measured, unit, reached }) =>
        `${reached ? 'reached' : 'MISSED '}  ${what}: ${figure(measured)}${unit && ` ${unit}`} (${goal})`,
    )
    .join('\n');
}

function tableMarkdown({ caption, columns, rows }) {
  const line = (cells) => `| ${cells.map((cell) => figure(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  const full = (row) => [...row, ...columns.slice(row.length).map(() => '')];
  return [
    `${caption}:`,
    '',
    line(columns),
    line(columns.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map((row) => line(full(row))),
  ].join('\n');
}

function targetsMarkdown(targets) {
  const rows = targets.map(({ what, goal, measured, unit, reached }) => [
    what,
    goal,
    `${figure(measured)}${unit && ` ${unit}`}`,
    reached ? 'reached' : '**missed**',
  ]);
  return tableMarkdown({ caption: 'Targets', columns: ['what', 'to reach', 'measured', ''], rows });
}

function sectionMarkdown(name, { title, tables, targets, notes = [], at, seconds }, findings) {
  return [
    `## ${name}: ${title}`,
    targets.length > 0 ? targetsMarkdown(targets) : null,
    ...tables.map(tableMarkdown),
    notes.length > 0 ? notes.map((note) => `- ${note}`).join('\n') : null,
    findings ? `### Tried and found\n\n${findings.trim()}` : null,
    `Measured ${at} in ${Math.round(seconds)} s.`,
  ]
    .filter((part) => part !== null)
    .join('\n\n');
}

/**
 * The whole report.
 * @param results by name, as they are kept in results.json
 * @param findings by name: what was tried by hand
 */
export function reportMarkdown({ machine, results }, findings) {
  const all = Object.entries(results).flatMap(([name, { targets }]) =>
    targets.map((each) => ({ name, ...each })),
  );
  const missed = all.filter(({ reached }) => !reached);
  const facts = Object.entries(machine).map(([what, value]) => `| ${what} | ${value} |`);
  return `${[
    '# Benchmarks',
    'Written by `npm run bench`; every figure is a ratio or comes with its floor, because absolute figures belong to the machine. Contenders are run in turn in every round, and ratios are taken within a round; medians with quartiles.',
    ['| machine | |', '| --- | --- |', ...facts].join('\n'),
    `${all.length - missed.length} of ${all.length} targets reached.${missed.length > 0 ? ' Missed:' : ''}`,
    missed.length > 0
      ? missed
          .map(
            ({ name, what, goal, measured, unit }) =>
              `- **${name}**, ${what}: ${figure(measured)}${unit && ` ${unit}`} instead of ${goal}`,
          )
          .join('\n')
      : null,
    ...Object.entries(results).map(([name, result]) => sectionMarkdown(name, result, findings[name])),
  ]
    .filter((part) => part !== null)
    .join('\n\n')}\n`;
}
