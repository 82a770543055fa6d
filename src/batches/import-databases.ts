/** Which bucket each database of a dump is read into. */
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
  /** Whether the one database that is to be read has come. */
  #hasChosen = false;

  /** `bucket` is the current one. */
  constructor(options: ImportOptions, targets: ImportTargets, bucket: string) {
    this.#options = options;
    this.#targets = targets;
    this.#bucket = bucket;
  }

  /**
   * Where the records of a database go, which has no name where it is the only one; undefined where it is not
   * the one to be read. Throws FormatError where nothing says where, and as `ImportTargets.get` does.
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

  /** Throws a FormatError where the one database that is to be read has not come by the end, at `line`. */
  checkChosen(line: number): void {
    const { database } = this.#options;
    if (database === undefined || this.#hasChosen) return;
    throw new FormatError(line, `there is no database ${quoted(database)} in it`);
  }

  /** The bucket of its name, made where there is none. */
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
