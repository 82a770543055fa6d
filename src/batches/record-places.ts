/**
 * Where records stood in the input, as long as they may be rejected, for formats that count
 * records.
 */

export interface RecordPlace {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export class RecordPlaces {
  /** The number of the first record in the list. */
  #first = 1;
  #places: number[] = [];

  /** Adds the place of the next record. */
  add(line: number, column: number): void {
    this.#places.push(line, column);
  }

  /** The place of a record by its number. */
  of(record: number): RecordPlace {
    const at = 2 * (record - this.#first);
    return { line: this.#places[at]!, column: this.#places[at + 1]! };
  }

  /** Forgets the records up to and including that one. */
  forget(record: number): void {
    if (record < this.#first) return;
    this.#places.splice(0, 2 * (record + 1 - this.#first));
    this.#first = record + 1;
  }
}
