/** The options of an import: its input, and how to read it. */
import type { ReadOptions } from '../formats/format.js';
import type { FormatName } from '../formats/index.js';
import type { Input } from '../terminal/terminal.js';

/** The first of each is the default. */
export const modes = ['upsert', 'insert', 'replace'] as const;
export const onErrors = ['stop', 'skip'] as const;

/** A folder of files, which is not a stream of bytes. */
export interface FolderInput {
  readonly kind: 'folder';
  readonly path: string;
  /** The prefix of each key. */
  readonly prefix: string;
  /** Whether keys with the prefix that have no file are deleted. */
  readonly mirror: boolean;
}

export interface ImportOptions {
  readonly input: Input | FolderInput;
  /** The input's name in messages. */
  readonly name: string;
  readonly format: FormatName;
  /** How its records are read, if they are not kv's own. */
  readonly readOptions: ReadOptions | undefined;
  readonly mode: (typeof modes)[number];
  readonly onError: (typeof onErrors)[number];
  readonly rejectsFile: string | undefined;
  /** How much is skipped at the beginning: lines, records or files, as the format counts. */
  readonly skip: number;
  readonly atomic: boolean;
  readonly dryRun: boolean;
  /** Whether unknown members or columns reject a record. */
  readonly strict: boolean;
  /** Whether missing buckets are made, those of a dump's databases included. */
  readonly create: boolean;
  /** The one database of a dump to read, into the current bucket. */
  readonly database: string | undefined;
}
