/**
 * Text pasted into the terminal, collected key by key. Half of it would be worse than nothing, so
 * it is inserted as a whole.
 */
import type { Key } from '../terminal/keyboard.js';

export class Paste {
  /** Whether some of it was not UTF-8. */
  isDamaged = false;
  #text = '';

  get text(): string {
    return this.#text;
  }

  /** Newlines and tabs are kept. */
  add({ text, name }: Key): void {
    if (name === 'return' || name === 'enter') this.#text += '\n';
    else this.#text += name === 'tab' ? '\t' : text;
  }
}
