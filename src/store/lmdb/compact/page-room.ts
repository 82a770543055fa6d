/** Pages that may be written to: some free ones, and all after the file's last. */
import type { PageRun } from '../file/free-list.js';

export class PageRoom {
  readonly #first: number[] = [];
  readonly #count: number[] = [];
  /** The first run, by its position, that may still have room for that number of pages. */
  readonly #start = new Map<number, number>();
  #end: number;
  /** The highest page taken; -1 if none was. */
  highest = -1;

  /** The runs ascend; `end` is the page behind the file's last. */
  constructor(runs: Iterable<PageRun>, end: number) {
    for (const { first, count } of runs) {
      this.#first.push(first);
      this.#count.push(count);
    }
    this.#end = end;
  }

  /** Takes the lowest `count` adjacent pages; returns the first one's number. */
  take(count: number): number {
    for (let run = this.#start.get(count) ?? 0; run < this.#first.length; run++) {
      if (this.#count[run]! < count) continue;
      const first = this.#first[run]!;
      this.#first[run] = first + count;
      this.#count[run]! -= count;
      this.#start.set(count, run);
      return this.#taken(first, count);
    }
    this.#start.set(count, this.#first.length);
    const first = this.#end;
    this.#end += count;
    return this.#taken(first, count);
  }

  #taken(first: number, count: number): number {
    this.highest = Math.max(this.highest, first + count - 1);
    return first;
  }
}
