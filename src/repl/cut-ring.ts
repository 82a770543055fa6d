/** Text that has been cut from lines, to be pasted: Ctrl-Y and Alt-Y, as in readline. */

/** The number of cuts that are kept. */
const RING_LIMIT = 60;

export class CutRing {
  /** The newest last. */
  readonly #cuts: string[] = [];
  /** How many cuts are newer than the one pasted last. */
  #back = 0;

  get newest(): string {
    this.#back = 0;
    return this.#cuts.at(-1) ?? '';
  }

  /** The cut before the one pasted last; after the oldest, the newest again. */
  get older(): string {
    this.#back = (this.#back + 1) % Math.max(1, this.#cuts.length);
    return this.#cuts.at(-1 - this.#back) ?? '';
  }

  add(text: string): void {
    this.#cuts.push(text);
    if (this.#cuts.length > RING_LIMIT) this.#cuts.shift();
  }

  /** Adds text before or behind the newest cut, when keys cut in a row. */
  extend(text: string, side: 'before' | 'behind'): void {
    const newest = this.#cuts.pop() ?? '';
    this.#cuts.push(side === 'before' ? text + newest : newest + text);
  }
}
