/** What a terminal pastes, key by key. Half of what was meant is worse than nothing: it is taken as a whole. */
import type { Key } from '../terminal/keyboard.js';

export class Paste {
  /** Whether some of it was not UTF-8. */
  isDamaged = false;
  #text = '';

  get text(): string {
    return this.#text;
  }

  /** Ends of lines and tabs stay what they are. */
  add({ text, name }: Key): void {
    if (name === 'return' || name === 'enter') this.#text += '\n';
    else this.#text += name === 'tab' ? '\t' : text;
  }
}
