/** What an import is told: from where, and how. */
import type { FormatName } from '../formats/index.js';
import type { Input } from '../terminal/terminal.js';

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
  /** Lines whose records are passed over. */
  readonly skip: number;
  readonly atomic: boolean;
  readonly dryRun: boolean;
}
