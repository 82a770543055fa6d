/** Compares two listings, record by record. Beyond the WIT. */
import { compareStretches } from '../store/compare-stretches.js';
import { ELSEWHERE, type StoredRecords, type StoredValue } from '../store/record.js';
import { sizeOf } from './record-filter.js';

export type Difference =
  | { readonly kind: 'added'; readonly key: string; readonly otherSize: number }
  | { readonly kind: 'removed'; readonly key: string; readonly size: number }
  | {
      readonly kind: 'changed';
      readonly key: string;
      readonly size: number;
      readonly otherSize: number;
    };

/**
 * What has to be added to, removed from and changed in the records `here` to get those of `there`,
 * in the order of the keys. Differences come in groups, sometimes empty ones, so that the caller
 * can do other work meanwhile. Values are compared byte for byte, a piece at a time. Throws
 * `damaged`, `io`.
 */
export function* differences(
  here: Iterable<StoredRecords>,
  there: Iterable<StoredRecords>,
): Generator<Difference[]> {
  const one = new Cursor(here);
  const other = new Cursor(there);
  try {
    one.open();
    other.open();
    while (one.isInside && other.isInside) {
      const found: Difference[] = [];
      // Until one of them runs out of records at hand.
      while (one.isAtHand && other.isAtHand) {
        const order = one.compareKey(other);
        if (order < 0) found.push(one.removed());
        else if (order > 0) found.push(other.added());
        else if (!one.hasValuesAtHand(other)) {
          yield found.splice(0);
          if (!(yield* hasSameValue(one, other))) found.push(one.changed(other));
        } else if (!one.equalsAtHand(other)) found.push(one.changed(other));
        if (order <= 0) one.next();
        if (order >= 0) other.next();
      }
      one.refill();
      other.refill();
      yield found;
    }
    for (; one.isInside; one.refill()) yield one.rest(() => one.removed());
    for (; other.isInside; other.refill()) yield other.rest(() => other.added());
  } finally {
    one.close();
    other.close();
  }
}

const noPlaces = new Int32Array(0);
const noBytes = Buffer.alloc(0);

/** A position in a listing. */
class Cursor {
  readonly #pages: Iterator<StoredRecords>;
  #records: StoredRecords | undefined;
  /** The places of the records at hand. */
  #places: StoredRecords['places'] = noPlaces;
  #bytes: Buffer = noBytes;
  #position = 0;

  constructor(pages: Iterable<StoredRecords>) {
    this.#pages = pages[Symbol.iterator]();
  }

  /** Moves to the first record. */
  open(): void {
    this.refill();
  }

  /** Whether there is a record at this position. */
  get isInside(): boolean {
    return this.#records !== undefined;
  }

  get isAtHand(): boolean {
    return this.#records !== undefined && this.#position < this.#records.count;
  }

  next(): void {
    this.#position++;
  }

  /** Gets the next records if those at hand are used up. */
  refill(): void {
    while (!this.isAtHand) {
      const { done, value } = this.#pages.next();
      this.#records = done ? undefined : value;
      this.#places = this.#records?.places ?? noPlaces;
      this.#bytes = this.#records?.bytes ?? noBytes;
      this.#position = 0;
      if (done) return;
    }
  }

  close(): void {
    this.#pages.return?.();
  }

  compareKey(other: Cursor): number {
    return this.#compare(other, 0);
  }

  hasValuesAtHand(other: Cursor): boolean {
    return this.#place(2) !== ELSEWHERE && other.#place(2) !== ELSEWHERE;
  }

  equalsAtHand(other: Cursor): boolean {
    return this.#compare(other, 2) === 0;
  }

  /** The value, to be closed before the cursor moves on. */
  value(): StoredValue | undefined {
    return this.#records!.value(this.#position);
  }

  removed(): Difference {
    return { kind: 'removed', key: this.#key, size: this.#size };
  }

  added(): Difference {
    return { kind: 'added', key: this.#key, otherSize: this.#size };
  }

  changed(other: Cursor): Difference {
    return { kind: 'changed', key: this.#key, size: this.#size, otherSize: other.#size };
  }

  /** The result of `of` for each record left at hand. */
  rest(of: () => Difference): Difference[] {
    const found: Difference[] = [];
    for (; this.isAtHand; this.next()) found.push(of());
    return found;
  }

  get #key(): string {
    return this.#records!.key(this.#position);
  }

  get #size(): number {
    return sizeOf(this.#records!, this.#position);
  }

  #place(which: number): number {
    return this.#places[4 * this.#position + which]!;
  }

  /** Compares the bytes between two places with those of the other cursor. */
  #compare(other: Cursor, from: 0 | 2): number {
    return compareStretches(
      this.#bytes,
      this.#place(from),
      this.#place(from + 1),
      other.#bytes,
      other.#place(from),
      other.#place(from + 1),
    );
  }
}

/** Compares two values piece by piece, with a pause after each. */
function* hasSameValue(one: Cursor, other: Cursor): Generator<Difference[], boolean> {
  const value = one.value();
  const otherValue = other.value();
  try {
    if (value === undefined || otherValue === undefined) return value === otherValue;
    if (value.size !== otherValue.size) return false;
    for (let position = 0; position < value.size; ) {
      const piece = value.read(position, value.size - position);
      // The other value may be cut into chunks elsewhere.
      for (let at = 0; at < piece.length; ) {
        const part = otherValue.read(position + at, piece.length - at);
        if (Buffer.compare(part, piece.subarray(at, at + part.length)) !== 0) return false;
        at += part.length;
      }
      position += piece.length;
      yield [];
    }
    return true;
  } finally {
    value?.close();
    otherValue?.close();
  }
}
