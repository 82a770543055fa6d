/** Steps through the history line by line, from the text being typed and back to it. */
import type { History } from './history.js';

export class HistoryWalk {
  readonly #history: History;
  /**
   * The place in the history; its length for the text being typed; undefined before the first step.
   */
  #place: number | undefined;
  #ownText = '';

  constructor(history: History) {
    this.#history = history;
  }

  /** The line one step from `text`; undefined at either end. */
  step(by: -1 | 1, text: string): string | undefined {
    const { lines } = this.#history;
    const from = this.#place ?? lines.length;
    const to = from + by;
    if (to < 0 || to > lines.length) return undefined;
    if (from === lines.length) this.#ownText = text;
    this.#place = to;
    return to === lines.length ? this.#ownText : lines[to];
  }
}
