/**
 * Loading records by the million: they are packed into batches, and while one batch is being
 * written the next is filled. Beyond the WIT.
 */
import { Unmet } from '../store/condition.js';
import type { RecordBatch } from '../store/record-batch.js';
import type { Existing, StoreBucket } from '../store/store.js';
import { type Bucket, storedBucket } from './bucket.js';
import { checkKey } from './names.js';
import { type OutgoingValue, uploadOf } from './outgoing-value.js';

/** How long a record waits for its batch to fill, in ms, as long as more input comes. */
const PATIENCE_MS = 1000;

export interface LoadOptions {
  /** What to do with a key that is there. */
  readonly existing: Existing;
  /** Write nothing. */
  readonly dryRun: boolean;
  /**
   * Told of each record that is refused because its key is there, in the order of the lines; the
   * value is left out where it is over the limit of a whole record. May throw, which ends the load.
   */
  refused(line: number, key: string, value: Uint8Array | undefined): void;
}

/** What waits to be written, in the order of the input. */
type Pending =
  | { readonly batch: RecordBatch }
  | { readonly key: string; readonly line: number; readonly value: OutgoingValue | undefined };

export class BulkLoad {
  /** Records written, and on the disk. */
  written = 0;
  /** Everything up to and with this line of the input has been written, or refused. */
  committedThrough = 0;
  readonly #bucket: StoreBucket;
  readonly #options: LoadOptions;
  readonly #pending: Pending[] = [];
  readonly #spare: RecordBatch[] = [];
  #batch: RecordBatch;
  /** When a batch was last sealed, on the process's clock, in ms. */
  #sealed = performance.now();
  #underWay: Promise<void> = Promise.resolve();
  /** The keys that a dry run would have written by now: nothing else remembers them. */
  readonly #imagined = new Set<string>();

  constructor(bucket: Bucket, options: LoadOptions) {
    this.#bucket = storedBucket(bucket);
    this.#options = options;
    this.#batch = this.#bucket.batch();
  }

  /** Takes a record; returns why not, where its key is none. See `RecordBatch.add`. */
  add(
    line: number,
    source: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): string | undefined {
    if (this.#batch.isFull) this.#seal(line - 1);
    return this.#batch.add(line, source, keyStart, keyEnd, valueStart, valueEnd);
  }

  /**
   * Takes a value that was written piece by piece (undefined in a dry run), and closes it when it
   * has been stored. Throws `invalid-key`.
   */
  addValue(line: number, key: string, value: OutgoingValue | undefined): void {
    checkKey(key);
    this.#seal(line - 1);
    this.#pending.push({ value, key, line });
  }

  /**
   * Begins to write what is full, and what has waited long, which reaches to `line`. Resolves when
   * no more than one batch is on its way.
   */
  async drain(line: number): Promise<void> {
    if (performance.now() - this.#sealed > PATIENCE_MS) this.#seal(line);
    while (this.#pending.length > 0) {
      await this.#underWay;
      this.#underWay = this.#write(this.#pending.shift()!);
      // It is awaited before the next one, or at the end; till then nobody hears it fail.
      this.#underWay.catch(() => {});
    }
  }

  /** Writes all there is, which reaches to `line`. */
  async finish(line: number): Promise<void> {
    this.#seal(line);
    await this.drain(line);
    await this.#underWay;
    this.committedThrough = Math.max(this.committedThrough, line);
  }

  /** Waits for what is on its way, and lets go of the rest. */
  async abandon(): Promise<void> {
    for (const next of this.#pending.splice(0)) if ('key' in next) next.value?.[Symbol.dispose]();
    await this.#underWay.catch(() => {});
  }

  #seal(through: number): void {
    this.#sealed = performance.now();
    if (this.#batch.count === 0) return;
    this.#batch.through = through;
    this.#pending.push({ batch: this.#batch });
    this.#batch = this.#bucket.batch(this.#spare.pop());
  }

  async #write(next: Pending): Promise<void> {
    if ('batch' in next) await this.#writeBatch(next.batch);
    else this.#writeValue(next.line, next.key, next.value);
  }

  async #writeBatch(batch: RecordBatch): Promise<void> {
    const refused = await this.#load(batch);
    const stopped = this.#options.existing === 'stop' ? refused[0] : undefined;
    this.written += stopped ?? batch.count - refused.length;
    this.committedThrough = stopped === undefined ? batch.through : batch.lines[stopped]! - 1;
    for (const position of refused) {
      this.#options.refused(batch.lines[position]!, batch.key(position), batch.value(position));
    }
    batch.clear();
    this.#spare.push(batch);
  }

  async #load(batch: RecordBatch): Promise<number[]> {
    const { dryRun, existing } = this.#options;
    if (!dryRun) return this.#bucket.load(batch, existing);
    return existing === 'overwrite' ? [] : this.#alreadyThere(batch);
  }

  #writeValue(line: number, key: string, value: OutgoingValue | undefined): void {
    const { refused } = this.#options;
    try {
      const isWritten = value === undefined ? this.#imagine(key) : this.#put(key, value);
      // More records may stand on the same line.
      this.committedThrough = line - 1;
      if (isWritten) this.written++;
      else refused(line, key, undefined);
    } finally {
      value?.[Symbol.dispose]();
    }
  }

  /** False where the key is there and is to be kept. */
  #put(key: string, value: OutgoingValue): boolean {
    const isKept = this.#options.existing !== 'overwrite';
    const condition = isKept ? ({ kind: 'absent' } as const) : undefined;
    return !(this.#bucket.put(key, uploadOf(value), { condition }) instanceof Unmet);
  }

  /** What `#put` would return, in a dry run. */
  #imagine(key: string): boolean {
    return this.#options.existing === 'overwrite' || !this.#isThere(key);
  }

  /** The positions that a load would refuse, in a dry run. */
  #alreadyThere(batch: RecordBatch): number[] {
    const positions: number[] = [];
    for (let position = 0; position < batch.count; position++) {
      if (!this.#isThere(batch.key(position))) continue;
      positions.push(position);
      if (this.#options.existing === 'stop') break;
    }
    return positions;
  }

  #isThere(key: string): boolean {
    if (this.#bucket.stat(key) !== undefined) return true;
    if (this.#imagined.has(key)) return true;
    this.#imagined.add(key);
    return false;
  }
}
