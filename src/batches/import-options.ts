/** The options of an import: its input, and how to read it. */
import type { FormatName } from '../formats/index.js';
import type { Input } from '../terminal/terminal.js';

/** The first of each is that of an import that names none. */
export const modes = ['upsert', 'insert', 'replace'] as const;
export const onErrors = ['stop', 'skip'] as const;

export interface ImportOptions {
  readonly input: Input;
  /** What messages call the input. */
  readonly name: string;
  readonly format: FormatName;
  readonly mode: (typeof modes)[number];
  readonly onError: (typeof onErrors)[number];
  readonly rejectsFile: string | undefined;
  /** Records that are passed over: those of so many lines, or so many, as the format counts them. */
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
