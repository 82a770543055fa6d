/** A line that is edited on a terminal which cannot move its cursor (`TERM=dumb`): backspaces are all it gets. */
import { displayWidth } from '../terminal/display-width.js';
import { visibleMessage } from '../terminal/visible.js';
import type { ShownLine } from './drawing.js';

export class PlainStrip {
  /** What stands on the row, prompt included. */
  #shown = '';
  /** How much of it is before the cursor, in UTF-16 units. */
  #before = 0;

  /** What to write for a line to stand in place of the last one. A line that cannot be mended is begun anew. */
  replace({ prompt, text, cursor }: ShownLine, columns: number): string {
    const before = prompt.text + visibleMessage(text.slice(0, cursor));
    const shown = before + visibleMessage(text.slice(cursor));
    const same = commonLength(this.#shown, shown);
    const goesBack = same < this.#before || shown.length < this.#shown.length;
    const isWithinRow = displayWidth(this.#shown) < columns && !this.#shown.includes('\n');
    const restart = goesBack && !isWithinRow ? this.leave() : '';
    const from = restart === '' ? same : 0;
    const way =
      from < this.#before
        ? back(this.#shown.slice(from, this.#before))
        : this.#shown.slice(this.#before, from);
    const gap = Math.max(0, displayWidth(this.#shown) - displayWidth(shown));
    this.#shown = shown;
    this.#before = before.length;
    const end = back(shown.slice(before.length)) + '\b'.repeat(gap);
    return `${restart}${way}${shown.slice(from)}${' '.repeat(gap)}${end}`;
  }

  /** Goes below the line, with a mark at its end, and forgets it. */
  leave(mark = ''): string {
    const rest = this.#shown.slice(this.#before);
    this.forget();
    return `${rest}${mark}\r\n`;
  }

  forget(): void {
    this.#shown = '';
    this.#before = 0;
  }
}

function back(text: string): string {
  return '\b'.repeat(displayWidth(text));
}

/** UTF-16 units that two texts begin with alike, in whole characters. */
function commonLength(one: string, other: string): number {
  let length = 0;
  for (const character of one) {
    if (!other.startsWith(character, length)) break;
    length += character.length;
  }
  return length;
}
