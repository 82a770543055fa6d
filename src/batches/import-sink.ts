/** Between a decoder and a load: skips, counts and rejects records. */
import type { BulkLoad, Context, OutgoingValue } from '../context.js';
import { asKvError } from '../errors.js';
import {
  type AnyFormat,
  type ExpiryFields,
  FormatError,
  quoted,
  type RecordSink,
  type RecordSpan,
} from '../formats/format.js';
import { databaseFormatNames } from '../formats/index.js';
import { ImportDatabases } from './import-databases.js';
import type { ImportOptions } from './import-options.js';
import type { ImportTargets } from './import-targets.js';
import { expiresOf } from './record-expiry.js';
import { asItWas, Rejection, wholeRecord } from './rejection.js';
import { Rejections } from './rejections.js';
import { UnknownNames } from './unknown-names.js';

const KEY_IS_THERE = 'the key is there already';

/** A record whose value comes in pieces. */
interface LargeRecord {
  readonly at: number;
  readonly key: string;
  readonly outgoing: OutgoingValue | undefined;
}

export class ImportSink implements RecordSink {
  /** Records read, good or bad. */
  read = 0;
  /** Those of them that had expired already, and were not stored. */
  expired = 0;
  /** Keys deleted because they have no file. */
  deleted = 0;
  readonly rejections: Rejections;
  /** Members and columns of the records that are not known. */
  readonly unknown = new UnknownNames();
  /** When the import began, by the process's clock, in milliseconds. */
  readonly began = performance.now();
  readonly load: BulkLoad;
  readonly #context: Context;
  readonly #targets: ImportTargets;
  readonly #options: ImportOptions;
  readonly #databases: ImportDatabases;
  /** Records up to this one are skipped. */
  #skip: number;
  #hasSkipped = false;
  #through = 0;
  #value: LargeRecord | undefined;

  constructor(
    context: Context,
    targets: ImportTargets,
    options: ImportOptions,
    { counts, signal }: { counts: AnyFormat['counts']; signal?: AbortSignal },
  ) {
    const { mode, onError, dryRun, skip } = options;
    this.#context = context;
    this.#targets = targets;
    this.#options = options;
    this.#databases = new ImportDatabases(options, targets, context.settings.bucket);
    this.#skip = skip;
    this.rejections = new Rejections(context, options, counts);
    this.load = context.keyvalue.bulk.load({
      existing: mode !== 'insert' ? 'overwrite' : onError === 'stop' ? 'stop' : 'keep',
      dryRun,
      signal,
      refused: (at, key, value, expires) =>
        this.rejections.add(at, KEY_IS_THERE, {
          key,
          kept: value && wholeRecord(key, value, expires),
        }),
    });
  }

  /** Has to be called before the input is read. Throws as `ImportTargets.get` does. */
  begin(): void {
    // A dump's headers say where its records go.
    if (!databaseFormatNames.includes(this.#options.format)) {
      this.load.into(this.#targets.get(), 0);
    }
  }

  /** Whether a record has come, skipped or not. */
  get hasBegun(): boolean {
    return this.read > 0 || this.#hasSkipped;
  }

  place(line: number, column: number): void {
    this.rejections.place(line, column);
  }

  database(line: number, name: Buffer | undefined): void {
    const target = this.#databases.targetOf(line, name);
    this.#skip = target ? this.#options.skip : Number.POSITIVE_INFINITY;
    if (target) this.load.into(target, line);
  }

  unknownColumns(line: number, names: readonly string[]): void {
    if (this.#options.strict) {
      throw new FormatError(line, `the header has an unknown column ${quoted(names[0]!)}`);
    }
    this.unknown.addColumns(names);
  }

  unknownHeaders(line: number, names: readonly string[]): void {
    if (this.#options.strict) {
      throw new FormatError(line, `the header says what is not known: ${quoted(names[0]!)}`);
    }
    this.unknown.addHeaders(names);
  }

  unknownMembers(at: number, names: readonly string[]): boolean {
    if (at <= this.#skip) return false;
    if (!this.#options.strict) this.unknown.add(names);
    return this.#options.strict;
  }

  expiresOf(fields: ExpiryFields): number | string {
    return expiresOf(this.#context, fields, Date.now());
  }

  record(at: number, span: RecordSpan, expires?: number): void {
    if (at <= this.#skip) {
      this.#hasSkipped = true;
      return;
    }
    this.read++;
    if (this.#hasExpired(expires)) return;
    const reason = this.load.add(at, span, expires);
    if (reason === undefined) return;
    const { bytes, keyStart, keyEnd, valueStart, valueEnd } = span;
    const key = bytes.toString('utf8', keyStart, keyEnd);
    const kept = wholeRecord(key, bytes.subarray(valueStart, valueEnd), expires);
    this.rejections.add(at, reason, { key, kept });
  }

  beginValue(at: number, key: Uint8Array): void {
    const isSkipped = at <= this.#skip || this.#options.dryRun;
    const { OutgoingValue } = this.#context.keyvalue.types;
    const outgoing = isSkipped ? undefined : OutgoingValue.newOutgoingValue();
    this.#value = { at, key: Buffer.from(key).toString(), outgoing };
  }

  valuePiece(bytes: Uint8Array): void {
    this.#value?.outgoing?.outgoingValueWriteBodySync(bytes);
  }

  endValue(expires?: number): void {
    const { at, key, outgoing } = this.#value!;
    this.#value = undefined;
    if (!this.#isRead(at)) return;
    if (this.#hasExpired(expires)) {
      outgoing?.[Symbol.dispose]();
      return;
    }
    try {
      this.load.addValue(at, key, outgoing, expires);
    } catch (error) {
      outgoing?.[Symbol.dispose]();
      const { code, message } = asKvError(error);
      if (code !== 'invalid-key') throw error;
      this.rejections.add(at, message, { key });
    }
  }

  abandonValue(at: number, reason: string): void {
    const key = this.#value?.key;
    this.#dropValue();
    if (this.#isRead(at)) this.rejections.add(at, reason, { key });
  }

  reject(at: number, reason: string, raw: Uint8Array): void {
    if (this.#isRead(at)) this.rejections.add(at, reason, { raw, kept: asItWas(raw) });
  }

  through(at: number): void {
    this.#through = at;
  }

  /** Begins to write the records that are ready. */
  async drain(): Promise<void> {
    await this.load.drain(this.#through);
    // A record of an `insert` may be refused until it is written.
    const isSure = this.#options.mode !== 'insert';
    this.rejections.forget(isSure ? this.#through : this.load.committedThrough);
  }

  /** Writes the rest of the records. */
  async finish(): Promise<void> {
    await this.load.finish(this.#through);
  }

  /** Throws a FormatError if the chosen database has not come. */
  checkDatabase(): void {
    this.#databases.checkChosen(this.#through);
  }

  /**
   * Called with the error that ended the import: writes the records before it, if possible. Returns
   * the error to report, which is another one if a record before it is refused.
   */
  async settle(thrown: unknown): Promise<unknown> {
    this.#dropValue();
    try {
      // Records after a refused one must not be written; those before it have been.
      if (thrown instanceof FormatError) await this.load.finish(this.#through);
      else if (!(thrown instanceof Rejection) || thrown.message === KEY_IS_THERE)
        await this.load.abandon();
      else await this.load.finish(thrown.at - 1);
      return thrown;
    } catch (earlier) {
      await this.load.abandon();
      return earlier;
    }
  }

  /** Counts a record, unless it is skipped. */
  #isRead(at: number): boolean {
    const isSkipped = at <= this.#skip;
    if (isSkipped) this.#hasSkipped = true;
    else this.read++;
    return !isSkipped;
  }

  /** Counts a record that has expired. */
  #hasExpired(expires: number | undefined): boolean {
    const hasExpired = expires !== undefined && expires <= Date.now();
    if (hasExpired) this.expired++;
    return hasExpired;
  }

  #dropValue(): void {
    this.#value?.outgoing?.[Symbol.dispose]();
    this.#value = undefined;
  }
}
