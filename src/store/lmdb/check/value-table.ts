/**
 * The known facts about each value in chunks: how many records should hold it, how many do, and how
 * much of it exists. A value in chunks takes at least 64 KiB of the file, and 32 bytes here.
 */

const FIRST_ROWS = 1024;

export class ValueTable {
  #count = 0;
  #ids = new Float64Array(FIRST_ROWS);
  /** The number of records that hold the value, by its own count; and by the records. */
  #holders = new Float64Array(FIRST_ROWS);
  #held = new Uint32Array(FIRST_ROWS);
  /** Bytes that exist, from the beginning of the value. */
  #bytes = new Float64Array(FIRST_ROWS);
  /** The page of its first chunk; 0 if there is none. */
  #pages = new Uint32Array(FIRST_ROWS);
  /** How many rows, from the first on, are sorted by id. */
  #sorted = 0;
  /** Rows of values that came out of order. */
  readonly #strays = new Map<number, number>();
  #last = -1;

  get count(): number {
    return this.#count;
  }

  /** The row of a value; undefined if there is none. */
  find(id: number): number | undefined {
    if (this.#last >= 0 && this.#ids[this.#last] === id) return this.#last;
    const row = this.#search(id) ?? this.#strays.get(id);
    if (row !== undefined) this.#last = row;
    return row;
  }

  /** The row of a value, added if missing. Rows are best added in the order of ids. */
  enter(id: number): number {
    const found = this.find(id);
    if (found !== undefined) return found;
    if (this.#count === this.#ids.length) this.#grow();
    const row = this.#count++;
    const isInOrder = row === this.#sorted && (row === 0 || this.#ids[row - 1]! < id);
    if (isInOrder) this.#sorted++;
    else this.#strays.set(id, row);
    this.#ids[row] = id;
    return row;
  }

  id(row: number): number {
    return this.#ids[row]!;
  }

  holders(row: number): number {
    return this.#holders[row]!;
  }

  setHolders(row: number, holders: number): void {
    this.#holders[row] = holders;
  }

  held(row: number): number {
    return this.#held[row]!;
  }

  hold(row: number): void {
    this.#held[row]!++;
  }

  bytes(row: number): number {
    return this.#bytes[row]!;
  }

  setBytes(row: number, bytes: number): void {
    this.#bytes[row] = bytes;
  }

  page(row: number): number {
    return this.#pages[row]!;
  }

  setPage(row: number, page: number): void {
    this.#pages[row] = page;
  }

  #search(id: number): number | undefined {
    let low = 0;
    let high = this.#sorted;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low < this.#sorted && this.#ids[low] === id ? low : undefined;
  }

  #grow(): void {
    const length = 2 * this.#ids.length;
    this.#ids = grown(new Float64Array(length), this.#ids);
    this.#holders = grown(new Float64Array(length), this.#holders);
    this.#held = grown(new Uint32Array(length), this.#held);
    this.#bytes = grown(new Float64Array(length), this.#bytes);
    this.#pages = grown(new Uint32Array(length), this.#pages);
  }
}

function grown<T extends Float64Array | Uint32Array>(larger: T, old: T): T {
  larger.set(old);
  return larger;
}
