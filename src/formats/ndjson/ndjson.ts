/** NDJSON: a JSON object a line, `{"key":"k","value":"text"}`, with `"base64":true` for bytes. */
import { type Format, type ReadOptions, type Remedy, WHOLE_RECORD_LIMIT_BYTES } from '../format.js';
import { RecordSplitter } from '../record-splitter.js';
import { NdjsonEncoder } from './encoder.js';
import { NdjsonReader } from './reader.js';

export const format: Format = {
  counts: 'line',
  remedy,
  decoder: (sink, limit = WHOLE_RECORD_LIMIT_BYTES, readOptions = undefined) =>
    new RecordSplitter(new NdjsonReader(sink, limit, readOptions), sink, limit),
  encoder: () => new NdjsonEncoder(),
};

/** What to do if the first record shows another format, or objects over several lines. */
function remedy(record: Uint8Array, readOptions: ReadOptions = {}): Remedy | undefined {
  const text = Buffer.from(record).toString('latin1').trim();
  if (text.startsWith('{')) {
    const isCut = !text.endsWith('}');
    if (isCut) return { hint: 'a record has to be on one line', filter: 'jq -c .' };
    const hint = hintForObject(Buffer.from(record).toString(), readOptions);
    return hint === undefined ? undefined : { hint };
  }
  const hint = others.find(([pattern]) => pattern.test(text))?.[1];
  return hint === undefined ? undefined : { hint };
}

/** What to do about an object that is not a record. */
function hintForObject(text: string, readOptions: ReadOptions): string | undefined {
  try {
    const members = JSON.parse(text) as Record<string, unknown>;
    const key = members[readOptions.key ?? 'key'];
    const value = members[readOptions.value ?? 'value'];
    if (key === undefined) return '--key MEMBER names the one that is the key';
    if (value === undefined)
      return '--value MEMBER names the one that is the value, and --row takes all';
    if (typeof value === 'string') return undefined;
    return readOptions.key === undefined
      ? '--row stores it as its JSON text'
      : '--row stores the whole object as the value';
  } catch {
    return undefined;
  }
}

/** How other inputs begin, and what to do about each. */
const others: readonly (readonly [RegExp, hint: string])[] = [
  [/^\[/, 'for a JSON array: --format json'],
  [/^VERSION=/, 'for a dump of mdb_dump: --format mdb'],
  [/^[^\n]{257}ustar/s, 'a tar archive holds no records: kv set KEY stores it as a value'],
  [/^SQLite format 3/, 'from SQLite: sqlite3 -csv -header FILE "select …", and --format csv'],
  [
    /^(?:--|\/\*|pragma|begin|create|insert|drop|set|use)\b|^--/i,
    'SQL is not read: have the database write CSV, and use --format csv',
  ],
  [/\t/, 'for TSV: --format tsv'],
  [/,/, 'for CSV: --format csv'],
];
