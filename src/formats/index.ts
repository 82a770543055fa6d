/** The formats: each a line here, and a file that is loaded when the format is used. */
import { extname } from 'node:path';
import type { Format, FormatName } from './format.js';

export type { FormatName } from './format.js';

interface FormatEntry {
  /** Endings of file names, without the dot and in lower case, that stand for it. */
  readonly extensions: readonly string[];
  /** Whether it has an encoder. */
  readonly isWritten: boolean;
  readonly load: () => Promise<{ readonly format: Format }>;
}

const formats: Readonly<Record<FormatName, FormatEntry>> = {
  ndjson: entry(['ndjson', 'jsonl'], true, () => import('./ndjson/ndjson.js')),
  json: entry(['json'], false, () => import('./json/json.js')),
  csv: entry(['csv'], true, () => import('./csv/csv.js')),
  tsv: entry(['tsv', 'tab'], true, () => import('./csv/tsv.js')),
  mdb: entry(['mdb', 'dump'], true, () => import('./mdb/mdb.js')),
};

/** All formats: each can be read. */
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** Those that can be written too. */
export const writtenFormatNames = formatNames.filter((name) => formats[name].isWritten);

/** The format that a file's name stands for; undefined where it stands for none. */
export function formatOfFile(path: string): FormatName | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return formatNames.find((name) => formats[name].extensions.includes(extension));
}

export async function loadFormat(name: FormatName): Promise<Format> {
  return (await formats[name].load()).format;
}

function entry(
  extensions: readonly string[],
  isWritten: boolean,
  load: FormatEntry['load'],
): FormatEntry {
  return { extensions, isWritten, load };
}
