/** What stands on the screen of a line that is edited, and what is said below it. */
import type { Keyboard } from '../terminal/keyboard.js';
import type { Output, Style } from '../terminal/terminal.js';
import { Canvas, draw, type Picture } from './drawing.js';
import { freshLine } from './fresh-line.js';

/** A line, with what goes before and behind it. */
export type ShownLine = Pick<Picture, 'prompt' | 'text' | 'cursor' | 'hint'>;

const CONTINUATION = '... ';

export class LineScreen {
  readonly #canvas = new Canvas();
  readonly #size: Pick<Keyboard, 'columns' | 'rows'>;
  readonly #output: Output;

  /** `size` is what the terminal has, in columns and rows, whenever it is looked at. */
  constructor(size: Pick<Keyboard, 'columns' | 'rows'>, output: Output) {
    this.#size = size;
    this.#output = output;
  }

  get style(): Style {
    return this.#output.style;
  }

  /** Without emphasis nobody could tell a hint from what was typed. */
  get tellsHints(): boolean {
    return this.style.hint('x') !== 'x';
  }

  /** Draws the line in the place of what was drawn before. */
  async draw(line: ShownLine): Promise<void> {
    const { columns, rows } = this.#size;
    const picture = { ...line, continuation: CONTINUATION, style: this.style };
    await this.#output.write(this.#canvas.replace(draw(picture, columns), rows));
  }

  /** Goes below the line, with a mark at its end, and writes something there. */
  async leave(text = '', mark = ''): Promise<void> {
    await this.#output.write(this.#canvas.leave(mark) + text);
  }

  /** Writes something on a row of its own, wherever somebody else has left the cursor. */
  async return(text = ''): Promise<void> {
    await this.#output.write(freshLine(this.#size.columns, this.style) + text);
  }

  async clear(): Promise<void> {
    this.#canvas.forget();
    await this.#output.write('\x1b[H\x1b[2J');
  }

  /** After the terminal has another width. */
  resize(): void {
    this.#canvas.resize(this.#size.columns);
  }

  /** What is drawn next goes over what stands on this row, if anything does. */
  forget(): void {
    this.#canvas.forget();
  }
}
