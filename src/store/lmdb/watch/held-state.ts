/**
 * A held state of the store, with the answers that a watch of a bucket needs, read from the file.
 * LMDB does not say which state it holds: it is the last one if nobody has committed meanwhile, and
 * may otherwise be an earlier one; the pages of neither are reused.
 */
import { KvError } from '../../../errors.js';
import type { Entry, Milliseconds, StoredValue } from '../../record.js';
import { seedOf } from '../checksum.js';
import type { Environment } from '../environment.js';
import { isSoundNode, LeafRecords, PlaceMemory } from '../file/leaf-records.js';
import { type LeafRange, leavesOf, sound } from '../file/leaves.js';
import { type Meta, newestMeta, readEachMeta, readMetas } from '../file/metas.js';
import type { Place } from '../file/page.js';
import type { StoreFile } from '../file/store-file.js';
import { tree } from '../file/tree-descriptor.js';
import { childOf, childrenWithin, readPage, rootOf } from '../file/walk.js';
import {
  bucketDatabase,
  decodeBucketEntry,
  decodeU64,
  EXPIRY_DATABASE,
  nameKey,
  openEntry,
  SEQUENCE_KEY,
  treeKey,
} from '../layout.js';
import type { Parts } from '../parts.js';
import type { Snapshot } from '../reads.js';
import type { RecordSource } from './record-cursor.js';

/** How often holding the last state, and reading the meta pages, is tried while others commit. */
const ATTEMPT_LIMIT = 20;

/** Where the records of a bucket are. */
export interface BucketTree {
  readonly id: number;
  readonly descriptor: Buffer;
  readonly root: Place | undefined;
}

export class HeldState {
  /** The last transaction of the state. */
  readonly transaction: number;
  /** Records expired by then are absent. */
  readonly moment: Milliseconds;
  /** The highest version issued. */
  readonly version: number;
  /** Undefined if there is no such bucket. */
  readonly tree: BucketTree | undefined;
  /** The descriptor of the index by time; undefined if nothing has ever expired. */
  readonly index: Buffer | undefined;
  readonly #parts: Parts;
  readonly #bucket: string;
  /** Whether LMDB may hold an earlier state. */
  readonly isBehind: boolean;
  readonly #snapshot: Snapshot;
  readonly #meta: Meta;

  /** The newest state, at a moment not before `since`. Throws `damaged`, `busy`, `io`. */
  constructor(parts: Parts, bucket: string, since: Milliseconds) {
    const { catalogue, environment } = parts;
    this.#parts = parts;
    this.#bucket = bucket;
    const { snapshot, meta } = holdLast(environment);
    this.isBehind = meta === undefined;
    this.#snapshot = snapshot;
    try {
      this.#meta = meta ?? settledMeta(environment.file);
      this.transaction = Number(this.#meta.transaction);
      this.moment = Math.max(since, environment.writes.moment);
      this.version = decodeU64(this.#entry(SEQUENCE_KEY) ?? this.#lacks('sequence'));
      const entry = this.#entry(nameKey(bucket));
      this.tree = entry && this.#treeOf(decodeBucketEntry(entry).id);
      this.index = this.#descriptorOf(EXPIRY_DATABASE);
      // A damaged name is not taken for a missing one.
      if (entry === undefined) catalogue.find(bucket);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#parts.environment.reads.release(this.#snapshot);
  }

  /** Where the records are. */
  get source(): RecordSource {
    return {
      file: this.#parts.environment.file,
      newest: this.#meta.transaction,
      seed: this.tree ? seedOf(bucketDatabase(this.tree.id)) : 0,
      damaged: (key, state) => {
        const place = `"${Buffer.from(key)}" in bucket "${this.#bucket}"`;
        return new KvError('damaged', `cannot read ${place}: damaged: ${state}`);
      },
    };
  }

  /** The entry of a key, expired or not. Throws `damaged`, `io`. */
  find(key: Buffer): Entry | undefined {
    return this.#recordAt(key)?.entry(0);
  }

  /**
   * The value of a key with a version; undefined if this state cannot tell. Throws `damaged`, `io`.
   */
  value(key: Buffer, version: number): StoredValue | undefined {
    const record = this.#recordAt(key);
    const header = record?.header(0);
    if (header?.version !== version) return undefined;
    // Chunks are read through LMDB.
    return header.chunked && !this.#hasGiven(version) ? undefined : record!.value(0);
  }

  /** Whether the state that LMDB holds contains a version. */
  #hasGiven(version: number): boolean {
    const { environment } = this.#parts;
    const { main } = environment;
    const entry = environment.reads.getCopy(main, SEQUENCE_KEY, this.#snapshot);
    const bytes = entry && openEntry(main.seed, SEQUENCE_KEY, entry);
    return bytes !== undefined && decodeU64(bytes) >= version;
  }

  #recordAt(key: Buffer): LeafRecords | undefined {
    if (this.tree === undefined) return undefined;
    const { source } = this;
    const { descriptor } = this.tree;
    const bounds = boundsOf(key);
    const isSound: LeafRange['isSound'] = (page, node) => isSoundNode(page, node, source);
    for (const leaf of leavesOf({ ...source, descriptor, bounds, isSound })) {
      const { chunks } = this.#parts;
      const own = { snapshot: this.#snapshot, moment: 0, placeMemory: new PlaceMemory() };
      return new LeafRecords(leaf, { ...source, ...own, chunks });
    }
    return undefined;
  }

  #treeOf(id: number): BucketTree {
    const name = bucketDatabase(id);
    const descriptor = this.#descriptorOf(name) ?? this.#lacks(name);
    return { id, descriptor, root: rootOf(descriptor, 'named') };
  }

  #descriptorOf(name: string): Buffer | undefined {
    const bytes = this.#inMain(treeKey(name));
    return bytes === undefined || bytes.length === tree.bytes ? bytes : this.#lacks(name);
  }

  #entry(key: Buffer): Buffer | undefined {
    const entry = this.#inMain(key);
    const { seed } = this.#parts.environment.main;
    return entry && (openEntry(seed, key, entry) ?? this.#lacks(key.toString()));
  }

  /** The data under a key of the main tree, where nothing has pages of its own. */
  #inMain(key: Buffer): Buffer | undefined {
    const { file, newest } = this.source;
    const bounds = boundsOf(key);
    let place = rootOf(this.#meta.main, 'main');
    while (place) {
      const page = sound(file, readPage(file, place, { newest }));
      if (page.isLeaf) {
        const node = page.firstFrom(key, 0);
        const isThere = node < page.count && page.compareKey(node, key) === 0;
        return isThere ? Buffer.from(page.data(node)) : undefined;
      }
      place = childOf(place, page, childrenWithin(page, bounds)[0]);
    }
    return undefined;
  }

  #lacks(part: string): never {
    const state = `damaged: it lacks its "${part}"`;
    throw new KvError('damaged', `cannot read store "${this.#parts.environment.path}": ${state}`);
  }
}

/** The number of records in a tree, by its own count. */
export function countOf({ descriptor }: BucketTree): number {
  return Number(descriptor.readBigUInt64LE(tree.entries));
}

function boundsOf(key: Buffer) {
  return { lower: key, upper: Buffer.concat([key, Buffer.of(0)]) };
}

/**
 * Holds the last state; its meta page is undefined if others commit all the time. Throws `damaged`,
 * `io`.
 */
function holdLast(environment: Environment): { snapshot: Snapshot; meta: Meta | undefined } {
  for (let attempt = 1; ; attempt++) {
    const last = environment.committedTransaction;
    environment.refresh();
    const snapshot = environment.reads.keep();
    const isLast = environment.committedTransaction === last;
    const meta = isLast ? metaOf(environment.file, last) : undefined;
    if (meta || attempt === ATTEMPT_LIMIT) return { snapshot, meta };
    environment.reads.release(snapshot);
  }
}

/** The meta page of a transaction; undefined if it has been replaced. Throws `io`. */
function metaOf(file: StoreFile, transaction: number): Meta | undefined {
  const read = () =>
    readEachMeta(file).find(
      (meta) => !(meta instanceof KvError) && Number(meta.transaction) === transaction,
    ) as Meta | undefined;
  const meta = read();
  // A writer may be in the middle of it.
  return meta && read()?.bytes.equals(meta.bytes) ? meta : undefined;
}

/** The newest meta page, at a time when no writer was in the middle of one. */
function settledMeta(file: StoreFile): Meta {
  let metas = readMetas(file);
  for (let attempt = 0; attempt < ATTEMPT_LIMIT; attempt++) {
    const again = readMetas(file);
    if (again.equals(metas)) return newestMeta(file, again);
    metas = again;
  }
  throw new KvError('busy', `cannot read store file "${file.path}": others write all the time`);
}
