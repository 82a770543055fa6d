/** The options of an import: its input, and how to read it. */
import type { Reading } from '../formats/format.js';
import type { FormatName } from '../formats/index.js';
import type { Input } from '../terminal/terminal.js';

/** The first of each is that of an import that names none. */
export const modes = ['upsert', 'insert', 'replace'] as const;
export const onErrors = ['stop', 'skip'] as const;

/** A folder of files, which is no stream of bytes. */
export interface FolderInput {
  readonly kind: 'folder';
  readonly path: string;
  /** What each key begins with. */
  readonly prefix: string;
  /** Whether keys that begin so, and that no file has, are deleted. */
  readonly mirror: boolean;
}

export interface ImportOptions {
  readonly input: Input | FolderInput;
  /** What messages call the input. */
  readonly name: string;
  readonly format: FormatName;
  /** How its records are read, where they are not as kv writes them. */
  readonly reading: Reading | undefined;
  readonly mode: (typeof modes)[number];
  readonly onError: (typeof onErrors)[number];
  readonly rejectsFile: string | undefined;
  /** How much is skipped at the beginning: lines or records, as the format counts. */
  readonly skip: number;
  readonly atomic: boolean;
  readonly dryRun: boolean;
  /** Whether what is not known of a record rejects it. */
  readonly strict: boolean;
  /** Whether buckets are made that are not there, those of a dump's databases too. */
  readonly create: boolean;
  /** The one database of a dump that is read, into the current bucket. */
  readonly database: string | undefined;
}
