/** Where records stood in the input, of a format that counts them, as long as they may be refused. */

export interface RecordPlace {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export class RecordPlaces {
  /** The number of the first record that is remembered. */
  #first = 1;
  #places: number[] = [];

  /** Takes the place of the next record. */
  add(line: number, column: number): void {
    this.#places.push(line, column);
  }

  /** The place of a record by its number. */
  of(record: number): RecordPlace {
    const at = 2 * (record - this.#first);
    return { line: this.#places[at]!, column: this.#places[at + 1]! };
  }

  /** Forgets the records up to and with that one. */
  forget(record: number): void {
    if (record < this.#first) return;
    this.#places.splice(0, 2 * (record + 1 - this.#first));
    this.#first = record + 1;
  }
}
