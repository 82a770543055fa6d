/** The formats: each is an entry here, and a file that is loaded when the format is used. */
import { extname } from 'node:path';
import type { AnyFormat, Format, FormatName, StreamFormatName } from './format.js';

export type { FormatName } from './format.js';

interface FormatEntry {
  /** What a file of the format holds, in words. */
  readonly contents: string;
  /** Extensions of file names, without the dot and in lower case. */
  readonly extensions: readonly string[];
  /** Whether it has an encoder. */
  readonly isWritten: boolean;
  /** Whether its records belong to databases, which it names. */
  readonly holdsDatabases?: true;
  readonly load: () => Promise<{ readonly format: AnyFormat }>;
}

interface StreamFormatEntry extends FormatEntry {
  readonly load: () => Promise<{ readonly format: Format }>;
}

const formats: Readonly<Record<StreamFormatName, StreamFormatEntry>> &
  Readonly<Record<FormatName, FormatEntry>> = {
  ndjson: {
    contents:
      'a line a record, {"key":"k","value":"text"} with "base64":true where the value is not text',
    extensions: ['ndjson', 'jsonl'],
    isWritten: true,
    load: () => import('./ndjson/ndjson.js'),
  },
  json: {
    contents: 'an array of such objects',
    extensions: ['json'],
    isWritten: false,
    load: () => import('./json/json.js'),
  },
  csv: {
    contents: 'a header of key, value and perhaps base64, then the records',
    extensions: ['csv'],
    isWritten: true,
    load: () => import('./csv/csv.js'),
  },
  tsv: {
    contents: 'the same with tabs for commas',
    extensions: ['tsv', 'tab'],
    isWritten: true,
    load: () => import('./csv/tsv.js'),
  },
  mdb: {
    contents: 'what mdb_dump writes',
    extensions: ['mdb', 'dump'],
    isWritten: true,
    holdsDatabases: true,
    load: () => import('./mdb/mdb.js'),
  },
  files: {
    contents: 'a folder, in which the path of each file is a key',
    extensions: [],
    isWritten: true,
    load: () => import('./files/files.js'),
  },
};

/** The format if neither an option nor a file's name says another. */
export const DEFAULT_FORMAT: FormatName = 'ndjson';

/** All formats; each can be read. */
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** The formats that can be written too. */
export const writtenFormatNames = formatNames.filter((name) => formats[name].isWritten);

/** The formats that are streams of bytes. */
export const streamFormatNames = formatNames.filter((name) => name !== 'files');

/** The formats whose records belong to databases. */
export const databaseFormatNames = formatNames.filter((name) => formats[name].holdsDatabases);

/** The format and what a file of it holds: `mdb, what mdb_dump writes`. */
export function formatInWords(name: FormatName): string {
  return `${name}, ${formats[name].contents}`;
}

/** The format for a file's name; undefined if the name does not say. */
export function formatOfFile(path: string): FormatName | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return formatNames.find((name) => formats[name].extensions.includes(extension));
}

export async function loadFormat(name: StreamFormatName): Promise<Format>;
export async function loadFormat(name: FormatName): Promise<AnyFormat>;
export async function loadFormat(name: FormatName): Promise<AnyFormat> {
  return (await formats[name].load()).format;
}
