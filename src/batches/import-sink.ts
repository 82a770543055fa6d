/** Between a decoder and a load: skips, counts, and deals with what is rejected. */
import { isUtf8 } from 'node:buffer';
import type { Bucket, BulkLoad, Context, OutgoingValue } from '../context.js';
import { asKvError } from '../errors.js';
import { FormatError, type RecordSink } from '../formats/format.js';
import type { Output } from '../terminal/terminal.js';
import { visibleMessage } from '../terminal/visible.js';
import type { ImportOptions } from './import-options.js';

const KEY_IS_THERE = 'the key is there already';

/** How many of the records that are skipped are named on stderr. */
const REMARK_LIMIT = 20;

/** The record that ends an import. */
export class Rejection extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

export class ImportSink implements RecordSink {
  /** Records that were looked at, good or bad. */
  read = 0;
  rejected = 0;
  /** When it began, on the process's clock, in milliseconds. */
  readonly began = performance.now();
  readonly load: BulkLoad;
  readonly #context: Context;
  readonly #options: ImportOptions;
  readonly #rejections: string[] = [];
  readonly #remarks: string[] = [];
  #line = 0;
  #value: { line: number; key: string; outgoing: OutgoingValue | undefined } | undefined;

  constructor(context: Context, bucket: Bucket, options: ImportOptions) {
    const { mode, onError, dryRun } = options;
    this.#context = context;
    this.#options = options;
    this.load = context.keyvalue.bulk.load(bucket, {
      existing: mode !== 'insert' ? 'overwrite' : onError === 'stop' ? 'stop' : 'keep',
      dryRun,
      refused: (line, key, value) => this.#refuse(line, key, value),
    });
  }

  record(line: number, bytes: Buffer, keyFrom: number, keyTo: number, from: number, to: number) {
    if (line <= this.#options.skip) return;
    this.read++;
    const reason = this.load.add(line, bytes, keyFrom, keyTo, from, to);
    if (reason === undefined) return;
    const key = bytes.toString('utf8', keyFrom, keyTo);
    this.#rejectRecord(line, reason, recordText(key, bytes.subarray(from, to)));
  }

  beginValue(line: number, key: Uint8Array): void {
    const isSkipped = line <= this.#options.skip || this.#options.dryRun;
    const { OutgoingValue } = this.#context.keyvalue.types;
    const outgoing = isSkipped ? undefined : OutgoingValue.newOutgoingValue();
    this.#value = { line, key: Buffer.from(key).toString(), outgoing };
  }

  valuePiece(bytes: Uint8Array): void {
    this.#value?.outgoing?.outgoingValueWriteBodySync(bytes);
  }

  endValue(): void {
    const { line, key, outgoing } = this.#value!;
    this.#value = undefined;
    if (line <= this.#options.skip) return;
    this.read++;
    try {
      this.load.addValue(line, key, outgoing);
    } catch (error) {
      outgoing?.[Symbol.dispose]();
      const { code, message } = asKvError(error);
      if (code !== 'invalid-key') throw error;
      this.#rejectRecord(line, message, undefined);
    }
  }

  abandonValue(line: number, reason: string): void {
    this.#dropValue();
    if (line <= this.#options.skip) return;
    this.read++;
    this.#rejectRecord(line, reason, undefined);
  }

  reject(line: number, reason: string, raw: Uint8Array): void {
    if (line <= this.#options.skip) return;
    this.read++;
    this.#rejectRecord(line, reason, asItWas(raw));
  }

  through(line: number): void {
    this.#line = line;
  }

  /** Begins to write what is ready. */
  async drain(): Promise<void> {
    await this.load.drain(this.#line);
  }

  /** Writes all that is left. */
  async finish(): Promise<void> {
    await this.load.finish(this.#line);
  }

  /**
   * After what ended the import: writes what came before it, where it can be written at all.
   * Returns the error to tell, which is another where a record before it is refused.
   */
  async settle(thrown: unknown): Promise<unknown> {
    this.#dropValue();
    const isBadInput = thrown instanceof Rejection || thrown instanceof FormatError;
    try {
      // What comes after a refused record must not be written; what comes before it has been.
      if (!isBadInput || thrown.message === KEY_IS_THERE) await this.load.abandon();
      else await this.load.finish(thrown.line - 1);
      return thrown;
    } catch (earlier) {
      await this.load.abandon();
      return earlier;
    }
  }

  /** Writes the rejected records since the last time, and says which they are. */
  async writeRejections(output: Output | undefined): Promise<void> {
    const lines = this.#rejections.splice(0);
    if (output && lines.length > 0) await output.write(lines.join(''));
    const { settings, terminal } = this.#context;
    for (const remark of this.#remarks.splice(0)) {
      if (!settings.quiet) await terminal.stderr.write(`${visibleMessage(remark)}\n`);
    }
  }

  #refuse(line: number, key: string, value: Uint8Array | undefined): void {
    this.#rejectRecord(line, KEY_IS_THERE, value && recordText(key, value));
  }

  #rejectRecord(line: number, reason: string, record: Rejected | undefined): void {
    this.rejected++;
    const { name, onError, rejectsFile } = this.#options;
    if (rejectsFile !== undefined) {
      this.#rejections.push(`${JSON.stringify({ file: name, line, reason, ...record })}\n`);
    }
    if (onError === 'stop') throw new Rejection(line, reason);
    if (rejectsFile === undefined && this.rejected <= REMARK_LIMIT)
      this.#remarks.push(`${name}:${line}: ${reason}`);
  }

  #dropValue(): void {
    this.#value?.outgoing?.[Symbol.dispose]();
    this.#value = undefined;
  }
}

/** A record in the file of rejected ones: as it was, in base64 where it is not UTF-8. */
interface Rejected {
  readonly record: string;
  readonly base64?: true;
}

/** One that was whole, as ndjson has it. */
function recordText(key: string, value: Uint8Array): Rejected {
  const isText = isUtf8(value);
  const text = Buffer.from(value).toString(isText ? 'utf8' : 'base64');
  return { record: JSON.stringify({ key, value: text, ...(!isText && { base64: true }) }) };
}

/** What stood in the input. */
function asItWas(raw: Uint8Array): Rejected {
  const bytes = Buffer.from(raw);
  return isUtf8(bytes)
    ? { record: bytes.toString() }
    : { record: bytes.toString('base64'), base64: true };
}
