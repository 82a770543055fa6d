/** Walks records in the order of their keys, on leaves or in memory. */
import type { KvError } from '../../../errors.js';
import type { Entry } from '../../record.js';
import { type LeafSource, soundHeader } from '../file/leaf-records.js';
import { outOfOrder, sound } from '../file/leaves.js';
import type { Page, Place } from '../file/page.js';
import { type Bounds, readPage } from '../file/walk.js';
import { versionAt } from '../record-layout.js';
import { metadataOf } from '../records.js';

/** A position among records. */
export interface RecordCursor {
  /** Whether there is a record; if not, nothing else may be used. */
  readonly isInside: boolean;
  /** The bytes are valid until `next`. */
  readonly key: Buffer;
  /** Throws `damaged`, `io`. */
  readonly version: number;
  /** The first page of those with this record's data alone; undefined if there are none. */
  readonly overflowPage: number | undefined;
  /** Throws `damaged`, `io`. */
  entry(): Entry;
  /** Throws `damaged`, `io`. */
  next(): void;
}

/**
 * Whether two cursors are at the same record: a record set anew has another version. Throws
 * `damaged`, `io`.
 */
export function isSameRecord(one: RecordCursor, other: RecordCursor): boolean {
  // While the older state is held, its pages are not reused.
  const page = one.overflowPage;
  if (page !== undefined && page === other.overflowPage) return true;
  return one.version === other.version;
}

/** What the records of a leaf may need besides the leaf. */
export interface RecordSource extends LeafSource {
  /** The error for a damaged record. */
  damaged(key: Uint8Array, state: string): KvError;
}

export class LeafCursor implements RecordCursor {
  readonly #source: RecordSource;
  readonly #leaves: readonly Place[];
  readonly #bounds: Bounds;
  #leaf = 0;
  #page: Page | undefined;
  #node = 0;
  #end = 0;
  #last: Buffer | undefined;

  /** The records within bounds, on leaves in the order of their keys. Throws `damaged`, `io`. */
  constructor(source: RecordSource, leaves: readonly Place[], bounds: Bounds) {
    this.#source = source;
    this.#leaves = leaves;
    this.#bounds = bounds;
    this.#settle();
  }

  get isInside(): boolean {
    return this.#page !== undefined;
  }

  get key(): Buffer {
    return this.#page!.key(this.#node);
  }

  get version(): number {
    const page = this.#page!;
    if (page.isElsewhere(this.#node)) return this.entry().version;
    // A record this short cannot have a checksum.
    if (page.dataSize(this.#node) < LEAST_RECORD_BYTES) throw this.#damaged();
    return versionAt(page.bytes, page.dataStart(this.#node));
  }

  get overflowPage(): number | undefined {
    const page = this.#page!;
    return page.isElsewhere(this.#node) ? page.overflow(this.#node).number : undefined;
  }

  entry(): Entry {
    const header = soundHeader(this.#page!, this.#node, this.#source);
    if (header === undefined) throw this.#damaged();
    return { key: this.key.toString(), ...metadataOf(header) };
  }

  next(): void {
    this.#node++;
    this.#settle();
  }

  /** Goes to the next leaf if this one has ended. */
  #settle(): void {
    while (this.#page === undefined || this.#node >= this.#end) {
      this.#page = undefined;
      const place = this.#leaves[this.#leaf++];
      if (place === undefined) return;
      const { file, newest } = this.#source;
      const page = sound(file, readPage(file, place, { newest }));
      const isAfter = this.#last === undefined || Buffer.compare(this.#last, page.key(0)) < 0;
      // Branches have no checksums: the order of the keys shows if one was wrong.
      if (!isAfter || page.firstMisplaced() >= 0) throw outOfOrder(file);
      this.#last = Buffer.from(page.key(page.count - 1));
      const { lower, upper } = this.#bounds;
      this.#page = page;
      this.#node = lower ? page.firstFrom(lower, 0) : 0;
      this.#end = upper ? page.firstFrom(upper, 0) : page.count;
    }
  }

  #damaged(): KvError {
    return this.#source.damaged(this.key, 'its checksum is not that of its bytes');
  }
}

/** Bytes of the shortest record. */
const LEAST_RECORD_BYTES = 20;

/** A record in memory. */
export interface KeptRecord {
  /** The bytes of its key. */
  readonly bytes: Buffer;
  readonly entry: Entry;
}

export class KeptCursor implements RecordCursor {
  readonly overflowPage = undefined;
  readonly #records: readonly KeptRecord[];
  #position = 0;

  constructor(records: readonly KeptRecord[]) {
    this.#records = records;
  }

  get isInside(): boolean {
    return this.#position < this.#records.length;
  }

  get key(): Buffer {
    return this.#records[this.#position]!.bytes;
  }

  get version(): number {
    return this.entry().version;
  }

  entry(): Entry {
    return this.#records[this.#position]!.entry;
  }

  next(): void {
    this.#position++;
  }
}
