/** Going through the history line by line, from the text that was being typed and back to it. */
import type { History } from './history.js';

export class HistoryWalk {
  readonly #history: History;
  /** Where in the history it stands; its length for the text that was being typed; undefined before the first step. */
  #place: number | undefined;
  #ownText = '';

  constructor(history: History) {
    this.#history = history;
  }

  /** The line one step on from where `text` stands; undefined at either end. */
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
