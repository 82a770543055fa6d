/**
 * The work of a salvage: finds the chunks, then copies the records whose values exist, then their
 * chunks.
 */
import type { Problem, SalvagedBucket } from '../../maintenance.js';
import { type FoundBucket, isDraft } from '../check/main-tree.js';
import { soundHeader } from '../check/records.js';
import { ValueTable } from '../check/value-table.js';
import { seedOf } from '../checksum.js';
import { Fault, type Page } from '../file/page.js';
import { tree } from '../file/tree-descriptor.js';
import {
  bucketDatabase,
  CHUNK_SIZE_BYTES,
  decodeChunkKey,
  encodeU64,
  sealEntry,
} from '../layout.js';
import { decodeHeader, type Header } from '../record-layout.js';
import type { NewEntry, NewStore } from './new-store.js';
import { isChunk, type SoundTrees, treeOf } from './sound-trees.js';

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
    for (const bucket of this.#trees.main.buckets) {
      if (!isDraft(bucket.name)) yield* this.#bringBucket(bucket);
    }
    yield* this.#store.fill('chunks', this.#neededChunks());
    yield* this.#store.fill('values', this.#holders());
    this.#store.setSequence(this.#sequence);
  }

  *#measureChunks(): Generator<number> {
    let current = { id: -1, row: -1, next: 0, bytes: 0 };
    for (const { page } of this.#trees.leaves('chunks')) {
      for (let node = 0; node < page.count; node++) {
        const key = decodeChunkKey(page.key(node));
        if (key === undefined) continue;
        const { valueId: id, index } = key;
        if (id !== current.id) current = { id, row: this.#values.enter(id), next: 0, bytes: 0 };
        if (index !== current.next || this.#chunk(page, node) === undefined) continue;
        current.next++;
        current.bytes = index * CHUNK_SIZE_BYTES + page.dataSize(node);
        this.#values.setBytes(current.row, current.bytes);
      }
      yield 1;
    }
  }

  *#bringBucket(bucket: FoundBucket): Generator<number> {
    const { id, descriptor, isNamed, created = Date.now() } = bucket;
    const name = isNamed ? bucket.name : `${LOST_NAME}${id}`;
    this.#store.createBucket(id, name, created);
    this.#sequence = Math.max(this.#sequence, id);
    const database = bucketDatabase(id);
    yield* this.#store.fill(database, this.#records(id, name));
    // Several strays may have had the same key.
    if (this.#trees.hasStrays(treeOf(id))) yield* this.#holdBrought(database);
    const brought = this.#store.count(database);
    const said = bucket.size?.entries ?? Number(descriptor.readBigUInt64LE(tree.entries));
    const keys = Math.max(said, brought);
    this.brought.push({ bucket: name, keys, brought });
  }

  /** Notes that the records of a bucket hold their values. */
  *#holdBrought(database: string): Generator<number> {
    for (const record of this.#store.data(database)) {
      const { chunked } = decodeHeader(record);
      if (chunked) this.#values.hold(this.#values.find(chunked.valueId)!);
      yield 1;
    }
  }

  *#records(id: number, bucket: string): Generator<NewEntry> {
    const isCounted = !this.#trees.hasStrays(treeOf(id));
    const seed = seedOf(bucketDatabase(id));
    for (const { page, isStray } of this.#trees.leaves(treeOf(id))) {
      for (let node = 0; node < page.count; node++) {
        const key = page.key(node);
        const data = this.#trees.data(page, node);
        const header = data instanceof Fault ? undefined : soundHeader(seed, key, data);
        const problem =
          header === undefined
            ? 'its checksum is not that of its bytes'
            : this.#needValue(header, isCounted);
        if (problem === undefined) yield { key, data: data as Buffer, mayBeOlder: isStray };
        // Unreadable nodes of the tree have been reported with the tree.
        else if (isStray || !(data instanceof Fault)) {
          this.#report({ bucket, key: key.toString(), problem });
        }
      }
    }
  }

  /**
   * Notes that a record needs its value; returns why it cannot have it, if the value is missing.
   */
  #needValue({ version, chunked: value }: Header, isCounted: boolean): string | undefined {
    this.#sequence = Math.max(this.#sequence, version, value?.valueId ?? 0);
    if (value === undefined) return undefined;
    const row = this.#values.find(value.valueId);
    const bytes = row === undefined ? 0 : this.#values.bytes(row);
    if (row === undefined || bytes < value.size) {
      return `of its ${value.size} bytes ${bytes} are there`;
    }
    if (isCounted) this.#values.hold(row);
    this.#values.setHolders(row, Math.max(this.#values.holders(row), value.size));
    return undefined;
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
