/** Lists of whole records: keys with their values, one a line, and tables. */

import type { Chosen, Context, Entry, StoredValue } from '../context.js';
import { KvError } from '../errors.js';
import { escapedBytes } from '../terminal/escaped-bytes.js';
import { humanSize, relativeTime } from '../terminal/quantities.js';
import { table } from '../terminal/table.js';
import { escapeKey, visibleLine } from '../terminal/visible.js';
import { isoTime } from './answer.js';
import { LineWriter } from './line-writer.js';
import { recordJson } from './record-answer.js';
import { piecesOfValue } from './value-pieces.js';

/** Rows of a table at most: its layout needs all of them. */
const TABLE_LIMIT_ROWS = 10_000;

/** Bytes of a value that a table shows. */
const CELL_BYTES = 200;

/** Prints keys and values as `get-many` does: key, tab, value, escaped; or objects with --json. */
export async function printRecords(context: Context, chosen: AsyncIterable<Chosen>): Promise<void> {
  const { settings, terminal } = context;
  const { stdout } = terminal;
  const escape = stdout.isTerminal ? visibleLine : escapeKey;
  const lines = new LineWriter(context);
  for await (const { records, positions } of chosen) {
    for (const position of positions) {
      const value = records.value(position);
      if (value === undefined) continue;
      const key = records.key(position);
      try {
        if (settings.json)
          await lines.write(recordJson(key, piecesOfValue(value), value).trimEnd());
        else if (value.kind === 'inline') {
          const text = [...escapedBytes(piecesOfValue(value), escape)].join('');
          await lines.write(`${lines.keyText(key)}\t${text}`);
        } else {
          await lines.end();
          await stdout.write(`${lines.keyText(key)}\t`);
          for (const text of escapedBytes(piecesOfValue(value), escape)) await stdout.write(text);
          await lines.write('');
        }
      } finally {
        value.close();
      }
    }
  }
  await lines.end();
}

/**
 * Prints a table with borders that fits the terminal. Throws `too-large` over `TABLE_LIMIT_ROWS`.
 */
export async function printTable(
  { terminal: { stdout } }: Context,
  chosen: AsyncIterable<Chosen>,
  withValues: boolean,
): Promise<void> {
  const rows: {
    readonly cells: readonly string[];
    readonly ends: string;
    readonly value: string[];
  }[] = [];
  const now = Date.now();
  const timeOf = stdout.isTerminal ? (time: number) => relativeTime(time, now) : isoTime;
  const sizeOf = stdout.isTerminal ? humanSize : String;
  const cellsOf = ({ key, size, version, modified }: Entry) => [
    key,
    sizeOf(size),
    String(version),
    timeOf(modified),
  ];
  for await (const { records, positions } of chosen) {
    for (const position of positions) {
      const entry = records.entry(position);
      if (entry === undefined) continue;
      const value = withValues ? records.value(position) : undefined;
      rows.push({
        cells: cellsOf(entry),
        ends: entry.expires === undefined ? '' : timeOf(entry.expires),
        value: value ? [head(value)] : [],
      });
      value?.close();
    }
    if (rows.length > TABLE_LIMIT_ROWS) {
      const state = `there are more than ${TABLE_LIMIT_ROWS} rows`;
      throw new KvError('too-large', `cannot draw a table: ${state}`, { hint: 'try: --limit N' });
    }
  }
  if (rows.length === 0) return;
  // Most buckets hold nothing that expires.
  const hasEnds = rows.some(({ ends }) => ends !== '');
  const row = (cells: readonly string[], ends: string, value: readonly string[]) => [
    ...cells,
    ...(hasEnds ? [ends] : []),
    ...value,
  ];
  const names = row(['KEY', 'SIZE', 'VERSION', 'MODIFIED'], 'EXPIRES', withValues ? ['VALUE'] : []);
  const lines = rows.map(({ cells, ends, value }) => row(cells, ends, value));
  const columns = stdout.isTerminal ? stdout.columns : Number.POSITIVE_INFINITY;
  await stdout.write(await table(names, lines, { style: stdout.style, columns, boxed: true }));
}

/** The beginning of a value, as text. */
function head(value: StoredValue): string {
  const bytes = value.read(0, CELL_BYTES);
  const text = [...escapedBytes([bytes], (part) => part)].join('');
  return bytes.length < value.size ? `${text}…` : text;
}
