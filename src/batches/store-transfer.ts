/**
 * Copies or moves records to another store in steps of several records, each step one transaction
 * there. What has been copied stays when it ends early. A moved record is on the other store's disk
 * before it is deleted here.
 */
import { piecesOfValue } from '../answers/value-pieces.js';
import type { Bucket, Condition, Context, OutgoingValue, StoredValue } from '../context.js';
import { absentKey, asKvError, KvError } from '../errors.js';
import type { LongWorkOptions } from './long-work.js';

export interface StoreTransfer {
  readonly way: 'copy' | 'move';
  readonly from: Bucket;
  readonly source: string;
  /** Of the other store. */
  readonly into: Bucket;
  readonly target: string;
  /** On each target. */
  readonly condition: Condition | undefined;
  /** Whether the source is a prefix. */
  readonly isPrefix: boolean;
  /** The last key to skip, where an earlier transfer got that far. */
  readonly after: string | undefined;
}

/** Records, and bytes of their values, in one step. */
const STEP_RECORDS = 1000;
const STEP_BYTES = 4 * 1024 * 1024;

/** A record that has been read, and whose value is uploaded to the other store, not yet visible. */
interface Underway {
  readonly key: string;
  readonly version: number;
  readonly expires: number | undefined;
  readonly value: OutgoingValue;
}

export class TransferToStore {
  readonly #here: Context;
  readonly #there: Context;
  readonly #asked: StoreTransfer;
  #underway: Underway[] = [];
  #bytes = 0;
  #done = 0;
  /** The last key that has been copied. */
  #through: string | undefined;

  constructor(here: Context, there: Context, asked: StoreTransfer) {
    this.#here = here;
    this.#there = there;
    this.#asked = asked;
  }

  /**
   * Resolves to the number of records. Rejects with `absent` for a single key that does not exist,
   * `condition-failed`, `interrupted`; for many keys the error says how far it came.
   */
  async run(work: LongWorkOptions): Promise<number> {
    const { isPrefix, source, way } = this.#asked;
    const { transactions } = this.#here.keyvalue;
    if (way === 'move' && transactions.isOpen) {
      const state = 'a transaction is open, which the other store has no part in';
      throw new KvError('usage', `cannot rename to another store: ${state}`);
    }
    try {
      if (isPrefix) await this.#all(work);
      else await this.#one(source, work);
      await this.#flush(work);
    } catch (thrown) {
      throw this.#ending(thrown);
    } finally {
      for (const { value } of this.#underway.splice(0)) value[Symbol.dispose]();
    }
    return this.#done;
  }

  async #all(work: LongWorkOptions): Promise<void> {
    const { listing } = this.#here.keyvalue;
    const { from, source: prefix, after } = this.#asked;
    for (const records of listing.listRecords(from, { prefix, after })) {
      for (let position = 0; position < records.count; position++) {
        const value = records.value(position);
        if (value !== undefined) await this.#take(records.key(position), value, work);
      }
    }
  }

  async #one(key: string, work: LongWorkOptions): Promise<void> {
    const { listing } = this.#here.keyvalue;
    const { from } = this.#asked;
    for (const records of listing.listRecords(from, { start: key, end: `${key}\0` })) {
      const value = records.count > 0 ? records.value(0) : undefined;
      if (value === undefined) continue;
      await this.#take(key, value, work);
      return;
    }
    const { way } = this.#asked;
    throw absentKey(`${way === 'copy' ? 'copy' : 'rename'} "${key}"`);
  }

  /** Uploads a value, and flushes the step if it is large enough. */
  async #take(key: string, stored: StoredValue, work: LongWorkOptions): Promise<void> {
    const value = this.#there.keyvalue.types.OutgoingValue.newOutgoingValue();
    const { version, expires, size } = stored;
    this.#underway.push({ key, version, expires, value });
    try {
      for (const piece of piecesOfValue(stored)) {
        value.outgoingValueWriteBodySync(piece);
        await work.pause();
      }
    } finally {
      stored.close();
    }
    this.#bytes += size;
    if (this.#underway.length >= STEP_RECORDS || this.#bytes >= STEP_BYTES) await this.#flush(work);
  }

  /**
   * Makes the uploaded values those of their keys there, and deletes the records here if they are
   * moved.
   */
  async #flush(work: LongWorkOptions): Promise<void> {
    const { records, transactions } = this.#there.keyvalue;
    const { into, source, target, condition, isPrefix, way } = this.#asked;
    const some = this.#underway;
    await transactions.writersDone(work.signal);
    const setAll = async () => {
      for (const { key, value, expires } of some) {
        const targetKey = isPrefix ? target + key.slice(source.length) : target;
        records.setWhere(into, targetKey, value, { condition, expires });
      }
    };
    if (some.length > 0) await transactions.group(setAll);
    this.#underway = [];
    this.#bytes = 0;
    for (const { value } of some) value[Symbol.dispose]();
    const changed = way === 'move' ? await this.#deleteAll(some) : [];
    this.#done += some.length - changed.length;
    this.#through = some.at(-1)?.key ?? this.#through;
    work.progress?.(this.#done);
    await work.pause();
    // A record that has changed since it was read is moved again.
    for (const key of changed) {
      await this.#one(key, work).catch((error: unknown) => {
        if (asKvError(error).code !== 'absent') throw error;
      });
      await this.#flush(work);
    }
  }

  /** Returns the keys that another writer has changed meanwhile; they stay. */
  async #deleteAll(some: readonly Underway[]): Promise<string[]> {
    const { records, transactions } = this.#here.keyvalue;
    const changed: string[] = [];
    const { from } = this.#asked;
    const deleteEach = async () => {
      for (const { key, version } of some) {
        try {
          records.deleteWhere(from, key, { kind: 'version', version });
        } catch (error) {
          if (asKvError(error).code !== 'condition-failed') throw error;
          changed.push(key);
        }
      }
    };
    if (some.length > 0) await transactions.hold(deleteEach);
    return changed;
  }

  /** The error with how far it came, unless the transfer is all or nothing. */
  #ending(thrown: unknown): unknown {
    const { isPrefix, way } = this.#asked;
    const error = asKvError(thrown);
    if (!isPrefix || this.#through === undefined || error.code === 'internal') return thrown;
    const done = way === 'copy' ? 'copied' : 'renamed';
    const result = `${done} through "${this.#through}"`;
    const hint =
      way === 'copy' ? 'the same with --after and that key goes on' : 'the same line again goes on';
    return new KvError(error.code, error.message, { result, hint, cause: error.cause ?? error });
  }
}
