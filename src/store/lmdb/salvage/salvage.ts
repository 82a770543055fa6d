/**
 * The work of a salvage: finds the chunks, then copies the records whose values exist, then their
 * chunks.
 */
import type { Problem, SalvagedBucket } from '../../maintenance.js';
import { soundHeader } from '../check/records.js';
import { ValueTable } from '../check/value-table.js';
import { seedOf } from '../checksum.js';
import { Fault, type Page } from '../file/page.js';
import {
  bucketDatabase,
  CHUNK_SIZE_BYTES,
  decodeChunkKey,
  encodeU64,
  sealEntry,
} from '../layout.js';
import { decodeHeader, type Header } from '../record-layout.js';
import type { KnownBucket } from './known-buckets.js';
import { isChunk } from './leaf-owner.js';
import type { NewEntry, NewStore } from './new-store.js';
import { type SoundTrees, treeOf } from './sound-trees.js';

/** The prefix of the name of a bucket whose own is lost. */
const LOST_NAME = 'lost+found/';

export class Salvage {
  readonly brought: SalvagedBucket[] = [];
  readonly #trees: SoundTrees;
  readonly #store: NewStore;
  readonly #report: (problem: Problem) => void;
  /** For each value: how much of it exists, and, as holders, how much its records need. */
  readonly #values = new ValueTable();
  #sequence: number;

  constructor(trees: SoundTrees, store: NewStore, report: (problem: Problem) => void) {
    this.#trees = trees;
    this.#store = store;
    this.#report = report;
    this.#sequence = trees.main.sequence ?? 0;
  }

  /** Yields the number of pages, or entries, done. Throws `io`, `full`. */
  *steps(): Generator<number> {
    yield* this.#trees.look();
    yield* this.#measureChunks();
    for (const bucket of this.#trees.buckets) yield* this.#bringBucket(bucket);
    yield* this.#store.fill('chunks', this.#neededChunks());
    yield* this.#store.fill('values', this.#holders());
    this.#store.setSequence(this.#sequence);
  }

  /** How much of each value is there from its beginning on: leaves of several times may have the same chunks. */
  *#measureChunks(): Generator<number> {
    for (const { page } of this.#trees.leaves('chunks')) {
      for (let node = 0; node < page.count; node++) {
        const key = decodeChunkKey(page.key(node));
        if (key === undefined) continue;
        const row = this.#values.enter(key.valueId);
        const start = key.index * CHUNK_SIZE_BYTES;
        if (start !== this.#values.bytes(row) || !this.#chunk(page, node)) continue;
        this.#values.setBytes(row, start + page.dataSize(node));
      }
      yield 1;
    }
  }

  *#bringBucket(bucket: KnownBucket): Generator<number> {
    const { id, name = `${LOST_NAME}${id}`, created = Date.now() } = bucket;
    this.#store.createBucket(id, name, created);
    this.#sequence = Math.max(this.#sequence, id);
    const database = bucketDatabase(id);
    yield* this.#store.fill(database, this.#records(id, name));
    // Several strays may have had the same key.
    if (this.#trees.hasStrays(treeOf(id))) yield* this.#holdBrought(database);
    const brought = this.#store.count(database);
    this.brought.push({ bucket: name, keys: Math.max(bucket.keys ?? 0, brought), brought });
  }

  /** Notes that the records of a bucket hold their values. */
  *#holdBrought(database: string): Generator<number> {
    for (const record of this.#store.data(database)) {
      const { chunked } = decodeHeader(record);
      if (chunked) this.#hold(this.#values.find(chunked.valueId)!, chunked.size);
      yield 1;
    }
  }

  *#records(id: number, bucket: string): Generator<NewEntry> {
    const isAlone = !this.#trees.hasStrays(treeOf(id));
    const seed = seedOf(bucketDatabase(id));
    for (const { page, isStray } of this.#trees.leaves(treeOf(id))) {
      for (let node = 0; node < page.count; node++) {
        const key = page.key(node);
        const data = this.#trees.data(page, node);
        const header = data instanceof Fault ? undefined : soundHeader(seed, key, data);
        const problem =
          header === undefined
            ? 'its checksum is not that of its bytes'
            : this.#needValue(header, isAlone);
        if (problem === undefined) yield { key, data: data as Buffer, mayBeOlder: !isAlone };
        // What the tree leads to and cannot be read has been told with the tree.
        else if (isStray || !(data instanceof Fault)) {
          this.#report({ bucket, key: key.toString(), problem });
        }
      }
    }
  }

  /** Notes that a record needs its value; why it cannot, where it is not there. */
  #needValue({ version, chunked: value }: Header, isHeld: boolean): string | undefined {
    this.#sequence = Math.max(this.#sequence, version, value?.valueId ?? 0);
    if (value === undefined) return undefined;
    const row = this.#values.find(value.valueId);
    const bytes = row === undefined ? 0 : this.#values.bytes(row);
    if (row === undefined || bytes < value.size) {
      return `of its ${value.size} bytes ${bytes} are there`;
    }
    if (isHeld) this.#hold(row, value.size);
    return undefined;
  }

  #hold(row: number, size: number): void {
    this.#values.hold(row);
    this.#values.setHolders(row, Math.max(this.#values.holders(row), size));
  }

  *#neededChunks(): Generator<NewEntry> {
    for (const { page } of this.#trees.leaves('chunks')) {
      for (let node = 0; node < page.count; node++) {
        const key = decodeChunkKey(page.key(node));
        const row = key && this.#values.find(key.valueId);
        if (row === undefined) continue;
        if (key!.index * CHUNK_SIZE_BYTES >= this.#values.holders(row)) continue;
        const data = this.#chunk(page, node);
        if (data) yield { key: page.key(node), data };
      }
    }
  }

  #chunk(page: Page, node: number): Buffer | undefined {
    const data = this.#trees.data(page, node);
    return !(data instanceof Fault) && isChunk(page.key(node), data) ? data : undefined;
  }

  *#holders(): Generator<NewEntry> {
    for (let row = 0; row < this.#values.count; row++) {
      const held = this.#values.held(row);
      if (held === 0) continue;
      const key = encodeU64(this.#values.id(row));
      yield { key, data: sealEntry(seedOf('values'), key, encodeU64(held)) };
    }
  }
}
