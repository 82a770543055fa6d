/** Going through records in the order of their keys: those of some leaves, or such as are kept in memory. */
import type { KvError } from '../../../errors.js';
import type { Entry } from '../../record.js';
import { type LeafSource, soundHeader } from '../file/leaf-records.js';
import { outOfOrder, sound } from '../file/leaves.js';
import type { Page, Place } from '../file/page.js';
import { type Bounds, readPage } from '../file/walk.js';
import { versionAt } from '../record-layout.js';
import { metadataOf } from '../records.js';

/** A record at hand. */
export interface RecordCursor {
  /** Whether there is one; nothing else is asked where there is none. */
  readonly isInside: boolean;
  /** The bytes are good until `next`. */
  readonly key: Buffer;
  /** Throws `damaged`, `io`. */
  readonly version: number;
  /** Pages that hold the data of this record alone, by the first; undefined where it has none. */
  readonly overflowPage: number | undefined;
  /** Throws `damaged`, `io`. */
  entry(): Entry;
  /** Throws `damaged`, `io`. */
  next(): void;
}

/** Whether two cursors are at the same record: one that was set anew has another version. Throws `damaged`, `io`. */
export function isSameRecord(one: RecordCursor, other: RecordCursor): boolean {
  // While the older one is held, its pages are of no other.
  const page = one.overflowPage;
  if (page !== undefined && page === other.overflowPage) return true;
  return one.version === other.version;
}

/** What the records of a leaf may need beside it. */
export interface RecordSource extends LeafSource {
  /** The error for what is wrong with a record. */
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

  /** Of leaves in the order of their keys, the records within bounds. Throws `damaged`, `io`. */
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
    // A record that is too short for one has no checksum that could be its own.
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

  /** Goes on to the next leaf where this one has ended. */
  #settle(): void {
    while (this.#page === undefined || this.#node >= this.#end) {
      this.#page = undefined;
      const place = this.#leaves[this.#leaf++];
      if (place === undefined) return;
      const { file, newest } = this.#source;
      const page = sound(file, readPage(file, place, { newest }));
      const isAfter = this.#last === undefined || Buffer.compare(this.#last, page.key(0)) < 0;
      // Branches have no checksums: where one has led astray, the order of the keys tells.
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

/** No record has fewer. */
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
