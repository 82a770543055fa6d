/** What has been cut out of lines, to be put back: Ctrl-Y and Alt-Y, as readline has them. */

/** Cuts that are kept. */
const RING_LIMIT = 60;

export class CutRing {
  /** The newest last. */
  readonly #cuts: string[] = [];
  /** How many cuts came after the one that was put back last. */
  #back = 0;

  get newest(): string {
    this.#back = 0;
    return this.#cuts.at(-1) ?? '';
  }

  /** The one before the one that was put back last, and at the end the newest again. */
  get older(): string {
    this.#back = (this.#back + 1) % Math.max(1, this.#cuts.length);
    return this.#cuts.at(-1 - this.#back) ?? '';
  }

  add(text: string): void {
    this.#cuts.push(text);
    if (this.#cuts.length > RING_LIMIT) this.#cuts.shift();
  }

  /** Puts text before or behind the newest, which was cut by the key before. */
  extend(text: string, side: 'before' | 'behind'): void {
    const newest = this.#cuts.pop() ?? '';
    this.#cuts.push(side === 'before' ? text + newest : newest + text);
  }
}
