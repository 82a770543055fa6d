/** What a run of the benchmarks has found, told as it comes: tables for a person, and one object for a program. */
import { median } from './measure.js';

/** How figures of a unit are written. */
export const DIGITS = { s: 3, ms: 1, 'MB/s': 0, MiB: 0, 'calls/s': 0 };

export class Report {
  #print;
  /** All that was found, in its order. */
  comparisons = [];
  figures = [];
  curves = [];

  constructor(print) {
    this.#print = print;
  }

  /**
   * What several did in turn: `samples` are the figures of each by its name. Ratios are of medians, against
   * `base`, which is the peer or the limit that the title speaks of.
   */
  compare(title, samples, { base, unit = 's' }) {
    const to = median(samples[base]);
    const rows = Object.entries(samples).map(([name, all]) => ({
      name,
      median: median(all),
      low: Math.min(...all),
      high: Math.max(...all),
      runs: all.length,
      ratio: median(all) / to,
    }));
    this.comparisons.push({ title, unit, base, rows });
    const shown = (figure) => figure.toFixed(DIGITS[unit]);
    const width = Math.max(...rows.map(({ name }) => name.length));
    this.#print(`\n${title} (${unit}; median of ${rows[0].runs}, least to most, × ${base})`);
    for (const row of rows) {
      const spread = `${shown(row.low)}–${shown(row.high)}`;
      const ratio = row.name === base ? '' : `${row.ratio.toFixed(2)} ×`;
      const columns = [shown(row.median).padStart(10), spread.padStart(18), ratio.padStart(9)];
      this.#print(`  ${row.name.padEnd(width)} ${columns.join(' ')}`.trimEnd());
    }
  }

  /** One figure, and what it may be at most, where that is said. */
  figure(title, value, unit, limit) {
    this.figures.push({ title, value, unit, limit });
    const bound = limit === undefined ? '' : ` (limit ${limit})`;
    this.#print(`\n${title}: ${value.toFixed(DIGITS[unit])} ${unit}${bound}`);
  }

  /**
   * Cost against size: `lines` has for each name its points, `[size, seconds]`, in order of size. A
   * table tells them, and with which power of the size each line grew over its last step.
   */
  curve(name, { title, sizes, lines }) {
    const all = Object.entries(lines).map(([line, points]) => ({
      line,
      points,
      exponent: exponentOf(points),
    }));
    const width = Math.max(...all.map(({ line }) => line.length));
    this.#print(`\n${title} (s, and the power of the size over the last step)`);
    const steps = [...new Set(all.flatMap(({ points }) => points.map(([size]) => size)))];
    this.curves.push({ name, title, sizes, steps, lines: all });
    const cells = (values) => values.map((value) => value.padStart(9)).join(' ');
    this.#print(`  ${' '.repeat(width)} ${cells([...steps.map(shortSize(sizes)), 'power'])}`);
    for (const { line, points, exponent } of all) {
      const at = new Map(points);
      const figures = steps.map((size) => at.get(size)?.toFixed(3) ?? '');
      this.#print(`  ${line.padEnd(width)} ${cells([...figures, exponent?.toFixed(2) ?? ''])}`);
    }
  }

  toJSON() {
    const { comparisons, figures, curves } = this;
    return { comparisons, figures, curves };
  }
}

function exponentOf(points) {
  if (points.length < 2) return undefined;
  const [[size, cost], [larger, more]] = points.slice(-2);
  return Math.log(more / cost) / Math.log(larger / size);
}

/** Sizes are `records` or `bytes`. */
export function shortSize(sizes) {
  return (size) => {
    if (sizes === 'records') return `10${'⁰¹²³⁴⁵⁶⁷⁸⁹'[Math.round(Math.log10(size))]}`;
    const unit = Math.floor(Math.log2(size) / 10);
    return `${size / 1024 ** unit} ${['B', 'KiB', 'MiB', 'GiB'][unit]}`;
  };
}
