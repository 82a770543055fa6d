/** Ctrl-R: searches the history for lines with a text, the newest first. */
import { displayWidth } from '../terminal/display-width.js';
import { visibleMessage } from '../terminal/visible.js';
import type { Prompt } from './drawing.js';
import type { History } from './history.js';

export class HistorySearch {
  readonly #history: History;
  /** The line before the search. */
  readonly #own: string;
  /** The place of the line found; undefined before the first. */
  #place: number | undefined;
  #text = '';
  #isMissing = false;
  #isGivenUp = false;

  constructor(history: History, own: string) {
    this.#history = history;
    this.#own = own;
  }

  /** The prompt during a search: the text searched for, and whether no line has it. */
  get prompt(): Prompt {
    const text = `(${this.#isMissing ? 'nothing' : 'history'}) ${visibleMessage(this.#text)}: `;
    return { text, width: displayWidth(text) };
  }

  /** The line found, with the cursor at the text searched for. */
  get found(): [text: string, cursor: number] {
    const line = this.#place === undefined ? this.#own : this.#history.lines[this.#place]!;
    if (this.#isGivenUp || this.#place === undefined) return [this.#own, this.#own.length];
    return [line, Math.max(0, line.indexOf(this.#text))];
  }

  /**
   * `more`: the search goes on; `done`: the key ended it; `unknown`: the key is not for the search.
   */
  take(chord: string, text: string): 'more' | 'done' | 'unknown' {
    switch (chord) {
      case 'C-r':
        this.#find(this.#place);
        return 'more';
      case 'backspace':
        this.#text = this.#text.slice(0, -1);
        this.#find();
        return 'more';
      case 'C-g':
        this.#isGivenUp = true;
        return 'done';
      case 'escape':
        return 'done';
      default:
        if (text === '') return 'unknown';
        this.#text += text;
        // The line found may have the longer text as well.
        this.#find(this.#place === undefined ? undefined : this.#place + 1);
        return 'more';
    }
  }

  #find(from?: number): void {
    if (this.#text === '') {
      this.#isMissing = false;
      return;
    }
    const place = this.#history.search(this.#text, from);
    this.#isMissing = place === undefined;
    this.#place = place ?? this.#place;
  }
}
