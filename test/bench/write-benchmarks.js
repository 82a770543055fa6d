/** BENCHMARKS.md: what was found last, bench by bench, between marks that name each, and its pictures. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pictureOf } from './pictures.js';
import { DIGITS, shortSize } from './report.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENT = join(PROJECT, 'BENCHMARKS.md');

/** Beside the document, and as it names them. */
const PICTURES = 'docs/benchmarks';

/** Replaces what stands between the marks of each bench that was run. Throws where a mark is missing. */
export function writeBenchmarks({ machine, reports }) {
  let text = readFileSync(DOCUMENT, 'utf8');
  mkdirSync(join(PROJECT, PICTURES), { recursive: true });
  for (const [name, report] of Object.entries(reports)) {
    for (const curve of report.curves) {
      writeFileSync(join(PROJECT, PICTURES, `${curve.name}.svg`), pictureOf(curve));
    }
    const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`BENCHMARKS.md has no marks of "${name}"`);
    const section = sectionOf(machine, report);
    text = `${text.slice(0, from + begin.length)}\n\n${section}\n\n${text.slice(to)}`;
  }
  writeFileSync(DOCUMENT, text);
}

function sectionOf({ node, processor, system, date }, { comparisons, figures, curves }) {
  return [
    `Node ${node}, ${processor}, ${system}, ${date}.`,
    ...comparisons.map(comparisonTable),
    figures.length > 0 ? figureTable(figures) : undefined,
    ...curves.map(curveTable),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function comparisonTable({ title, unit, base, rows }) {
  const shown = (figure) => figure.toFixed(DIGITS[unit]);
  return table(
    [title, `median of ${rows[0].runs}, ${unit}`, 'least to most', `× ${base}`],
    rows.map(({ name, median, low, high, ratio }) => [
      name,
      shown(median),
      `${shown(low)} to ${shown(high)}`,
      name === base ? '' : ratio.toFixed(2),
    ]),
  );
}

function figureTable(figures) {
  return table(
    ['', 'measured', 'limit'],
    figures.map(({ title, value, unit, limit }) => [
      title,
      `${value.toFixed(DIGITS[unit])} ${unit}`,
      limit === undefined ? '' : `${limit} ${unit}`,
    ]),
  );
}

function curveTable({ name, title, sizes, steps, lines }) {
  const picture = `![${title}: seconds against ${sizes}](${PICTURES}/${name}.svg)`;
  const rows = lines.map(({ line, points, exponent }) => {
    const at = new Map(points);
    const cells = steps.map((size) => at.get(size)?.toFixed(3) ?? '');
    return [line, ...cells, exponent?.toFixed(2) ?? ''];
  });
  return `${picture}\n\n${table([`${title}, s`, ...steps.map(shortSize(sizes)), 'power'], rows)}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
