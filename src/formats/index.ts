/** The formats: each is an entry here, and a file that is loaded when the format is used. */
import { extname } from 'node:path';
import type { AnyFormat, Format, ReadOptions } from './format.js';

interface FormatEntry {
  /** What a file of the format holds, in words. */
  readonly contents: string;
  /** Extensions of file names, without the dot and in lower case. */
  readonly extensions: readonly string[];
  /** Whether it has an encoder. */
  readonly isWritten: boolean;
  /** How its records can be read, if they are not kv's own. */
  readonly readOptions?: readonly (keyof ReadOptions)[];
  /** Whether its lines are JSON. */
  readonly isJsonLines?: true;
  /** Whether its records belong to databases, which it names. */
  readonly holdsDatabases?: true;
  readonly load: () => Promise<{ readonly format: AnyFormat }>;
}

const OBJECTS = ['key', 'value', 'row', 'base64'] as const;
const TABLES = [...OBJECTS, 'separator', 'columns'] as const;

const formats = {
  ndjson: {
    contents:
      'a line a record, {"key":"k","value":"text"} with "base64":true where the value is not text',
    extensions: ['ndjson', 'jsonl'],
    isWritten: true,
    readOptions: OBJECTS,
    isJsonLines: true,
    load: () => import('./ndjson/ndjson.js'),
  },
  json: {
    contents: 'an array of such objects',
    extensions: ['json'],
    isWritten: false,
    readOptions: OBJECTS,
    load: () => import('./json/json.js'),
  },
  csv: {
    contents: 'a header of key, value and perhaps base64, then the records',
    extensions: ['csv'],
    isWritten: true,
    readOptions: TABLES,
    load: () => import('./csv/csv.js'),
  },
  tsv: {
    contents: 'the same with tabs for commas',
    extensions: ['tsv', 'tab'],
    isWritten: true,
    readOptions: [...TABLES, 'escapes'],
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
} as const satisfies Readonly<Record<string, FormatEntry>>;

export type FormatName = keyof typeof formats;

/** The formats that are streams of bytes: all except a folder of files. */
export type StreamFormatName = Exclude<FormatName, 'files'>;

const entries: Readonly<Record<FormatName, FormatEntry>> = formats;

/** The format if neither an option nor a file's name says another. */
export const DEFAULT_FORMAT: FormatName = 'ndjson';

/** All formats; each can be read. */
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** The formats that can be written too. */
export const writtenFormatNames = formatNames.filter((name) => entries[name].isWritten);

/** The formats that are streams of bytes. */
export const streamFormatNames = formatNames.filter((name) => name !== 'files');

/** The formats whose records belong to databases. */
export const databaseFormatNames = formatNames.filter((name) => entries[name].holdsDatabases);

/** How the records of a format can be read. */
export function readOptionsOf(name: FormatName): readonly (keyof ReadOptions)[] {
  return entries[name].readOptions ?? [];
}

/** Whether the lines of a format are JSON. */
export function isJsonLines(name: FormatName): boolean {
  return entries[name].isJsonLines === true;
}

/** The format and what a file of it holds: `mdb, what mdb_dump writes`. */
export function formatInWords(name: FormatName): string {
  return `${name}, ${entries[name].contents}`;
}

/** The format for a file's name; undefined if the name does not say. */
export function formatOfFile(path: string): FormatName | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return formatNames.find((name) => entries[name].extensions.includes(extension));
}

export async function loadFormat(name: StreamFormatName): Promise<Format>;
export async function loadFormat(name: FormatName): Promise<AnyFormat>;
export async function loadFormat(name: FormatName): Promise<AnyFormat> {
  return (await entries[name].load()).format;
}
