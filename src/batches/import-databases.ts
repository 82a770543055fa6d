/** Chooses the bucket for each database of a dump. */
import { isUtf8 } from 'node:buffer';
import type { LoadTarget } from '../context.js';
import { asKvError } from '../errors.js';
import { FormatError, quoted } from '../formats/format.js';
import type { ImportOptions } from './import-options.js';
import type { ImportTargets } from './import-targets.js';

export class ImportDatabases {
  readonly #options: ImportOptions;
  readonly #targets: ImportTargets;
  readonly #bucket: string;
  /** Whether the chosen database has come. */
  #hasChosen = false;

  /** `bucket` is the current bucket. */
  constructor(options: ImportOptions, targets: ImportTargets, bucket: string) {
    this.#options = options;
    this.#targets = targets;
    this.#bucket = bucket;
  }

  /**
   * The target for the records of a database; undefined if it is not the chosen one. The only
   * database of a dump may have no name. Throws FormatError if no target is known, and as
   * `ImportTargets.get` does.
   */
  targetOf(line: number, name: Buffer | undefined): LoadTarget | undefined {
    const { database, create } = this.#options;
    const text = name?.toString();
    if (database !== undefined) {
      const isChosen = text === database;
      this.#hasChosen ||= isChosen;
      return isChosen ? this.#targets.get() : undefined;
    }
    if (name === undefined || text === this.#bucket) return this.#targets.get();
    const shown = quoted(text!);
    if (create) return this.#made(line, name, shown);
    const bucket = quoted(this.#bucket);
    throw new FormatError(
      line,
      `it holds the database ${shown}, which is not the bucket ${bucket}`,
      {
        hint: `--database ${shown} reads it into this bucket, --create each into one of its name`,
      },
    );
  }

  /** Throws a FormatError if the chosen database has not come by the end, at `line`. */
  checkChosen(line: number): void {
    const { database } = this.#options;
    if (database === undefined || this.#hasChosen) return;
    throw new FormatError(line, `there is no database ${quoted(database)} in it`);
  }

  /** The bucket of that name, made if missing. */
  #made(line: number, name: Buffer, shown: string): LoadTarget {
    if (!isUtf8(name)) throw new FormatError(line, 'the name of a database is not valid UTF-8');
    try {
      return this.#targets.get(name.toString());
    } catch (thrown) {
      const { code, message } = asKvError(thrown);
      if (code !== 'invalid-bucket') throw thrown;
      const hint = `--database ${shown} reads it into the bucket ${quoted(this.#bucket)}`;
      throw new FormatError(line, `no bucket can have the name of a database: ${message}`, {
        hint,
      });
    }
  }
}
