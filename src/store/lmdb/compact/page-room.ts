/** Pages that may be written to: some that are free, and all that would come behind the file's last. */
import type { PageRun } from '../file/free-list.js';

export class PageRoom {
  readonly #first: number[] = [];
  readonly #count: number[] = [];
  /** Before the run with that position none has room for so many pages any more, by that number. */
  readonly #start = new Map<number, number>();
  #end: number;
  /** The highest page that was taken; -1 where none was. */
  highest = -1;

  /** The runs ascend; `end` is the page behind the file's last. */
  constructor(runs: Iterable<PageRun>, end: number) {
    for (const { first, count } of runs) {
      this.#first.push(first);
      this.#count.push(count);
    }
    this.#end = end;
  }

  /** The lowest pages side by side, so many, which are taken: the first one's number. */
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
