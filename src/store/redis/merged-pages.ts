/**
 * The records of a range, in order: each shard gives its own in pages, which are merged. They are
 * not a snapshot: concurrent writes may be seen or not.
 */
import { KvError } from '../../errors.js';
import type { KeyRange } from '../record.js';
import type { Entry } from './catalogue-entry.js';
import { boundsOf } from './layout.js';
import type { Origin } from './redis-value.js';
import type { Ask, ScriptAnswer, ShardCalls } from './shard-calls.js';

/** Records of a shard's first page; each next page has four times as many, up to the limit. */
const FIRST_PAGE = 16;
const LARGEST_PAGE = 2048;

/** Bytes after which a page ends. */
const PAGE_BYTES = 512 * 1024;

/** Longer records come without their value, in bytes. */
const SHOWN_BYTES = 4096;

/** Records in one group. */
const GIVEN = 1024;

/** The lengths of a key and of its record, before both. */
const PREFIX_BYTES = 8;

/** A shard's part of a range. */
interface Cursor {
  readonly shard: number;
  page: Buffer;
  /** The position of the next record in the page. */
  at: number;
  /** The bound where the next page begins; undefined: there is none. */
  next: Buffer | string | undefined;
  /** The moment of the first page, which decides what has expired; undefined before. */
  moment: string | undefined;
}

/** Where a record is in a page: its key, and after that the header and perhaps the value. */
export interface Span {
  readonly page: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly end: number;
}

/** The records of all shards, merged in order. */
export class MergedPages {
  readonly #calls: ShardCalls;
  readonly #bucket: string;
  readonly #range: KeyRange;
  readonly #direction: 1 | -1;
  #entry: Entry | undefined;
  #cursors: readonly Cursor[] = [];
  #limit = FIRST_PAGE;

  constructor(calls: ShardCalls, bucket: string, range: KeyRange) {
    this.#calls = calls;
    this.#bucket = bucket;
    this.#range = range;
    this.#direction = range.reverse ? -1 : 1;
  }

  /** The next records in order; none at the end. */
  next(): Span[] {
    if (this.#entry === undefined) this.#begin();
    for (let empty = this.#empty(); empty.length > 0; empty = this.#empty()) this.#fill(empty);
    const waiting = this.#cursors
      .filter(({ page, at }) => at < page.length)
      .sort((one, other) => this.#direction * compare(one, other));
    return merged(waiting, this.#direction);
  }

  originOf(key: string): Origin {
    return { bridge: this.#calls.bridge, shard: this.#calls.shardOfKey(this.#entry!, key), key };
  }

  /** The first page of each shard. */
  #begin(): void {
    const first = boundsOf(this.#range)[this.#range.reverse ? 1 : 0];
    const answer = this.#calls.call(this.#bucket, this.#action, (entry) => {
      this.#entry = entry;
      this.#cursors = Array.from({ length: entry.shards }, (_, shard): Cursor => {
        return { shard, page: Buffer.alloc(0), at: 0, next: first, moment: undefined };
      });
      return this.#cursors.map((cursor) => this.#askFor(cursor));
    });
    for (const [index, cursor] of this.#cursors.entries()) turnPage(cursor, answer[index]!);
  }

  #empty(): Cursor[] {
    return this.#cursors.filter(({ page, at, next }) => at === page.length && next !== undefined);
  }

  #fill(cursors: readonly Cursor[]): void {
    this.#limit = Math.min(4 * this.#limit, LARGEST_PAGE);
    const answer = this.#calls.call(this.#bucket, this.#action, ({ id }) => {
      if (id !== this.#entry!.id) throw this.#replaced();
      return cursors.map((cursor) => this.#askFor(cursor));
    });
    for (const [index, cursor] of cursors.entries()) turnPage(cursor, answer[index]!);
  }

  #askFor({ shard, next, moment }: Cursor): Ask {
    const { reverse = false } = this.#range;
    const [lower, upper] = boundsOf(this.#range);
    const bounds = reverse ? [lower, next!] : [next!, upper];
    const limits = [this.#limit, SHOWN_BYTES, PAGE_BYTES].map(String);
    const words = [...bounds, reverse ? 'down' : 'up', ...limits];
    return { shard, script: 'page', words, moment };
  }

  get #action(): string {
    return `list bucket "${this.#bucket}"`;
  }

  #replaced(): KvError {
    return new KvError('busy', `cannot ${this.#action}: another took its place meanwhile`);
  }
}

/** The first records of the cursors in order, until one of them needs its next page. */
function merged(waiting: Cursor[], direction: number): Span[] {
  const spans: Span[] = [];
  while (waiting.length > 0 && spans.length < GIVEN) {
    const cursor = waiting.shift()!;
    spans.push(spanAt(cursor));
    cursor.at = spans.at(-1)!.end;
    if (cursor.at === cursor.page.length) {
      if (cursor.next !== undefined) break;
      continue;
    }
    let low = 0;
    for (let high = waiting.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (direction * compare(waiting[middle]!, cursor) < 0) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, cursor);
  }
  return spans;
}

function turnPage(cursor: Cursor, [, page, last, moment]: ScriptAnswer): void {
  const end = last as Buffer;
  cursor.page = page as Buffer;
  cursor.at = 0;
  cursor.next = end.length === 0 ? undefined : Buffer.concat([Buffer.from('('), end]);
  cursor.moment = String(moment);
}

function spanAt({ page, at }: Cursor): Span {
  const keyStart = at + PREFIX_BYTES;
  const keyEnd = keyStart + page.readUInt32BE(at);
  return { page, keyStart, keyEnd, end: keyEnd + page.readUInt32BE(at + 4) };
}

function compare(one: Cursor, other: Cursor): number {
  const [a, b] = [spanAt(one), spanAt(other)];
  return one.page.compare(other.page, b.keyStart, b.keyEnd, a.keyStart, a.keyEnd);
}
