/** The screen rows of a line that is edited, and messages below it. */
import type { Keyboard } from '../terminal/keyboard.js';
import type { Output, Style } from '../terminal/terminal.js';
import { Canvas, draw, type ShownLine } from './drawing.js';
import { freshLine } from './fresh-line.js';
import { PlainStrip } from './plain-strip.js';

const CONTINUATION = '... ';

export class LineScreen {
  readonly #canvas = new Canvas();
  /** In place of the canvas, on a terminal that cannot move its cursor. */
  readonly #strip: PlainStrip | undefined;
  readonly #size: Pick<Keyboard, 'columns' | 'rows'>;
  readonly #output: Output;

  /** `size` gives the terminal's columns and rows at any time. */
  constructor(size: Pick<Keyboard, 'columns' | 'rows'>, output: Output) {
    this.#size = size;
    this.#output = output;
    this.#strip = output.isDumb ? new PlainStrip() : undefined;
  }

  get style(): Style {
    return this.#output.style;
  }

  /** Without emphasis, a hint would look like typed text. */
  get tellsHints(): boolean {
    return this.style.hint('x') !== 'x';
  }

  /** Draws the line in place of the last drawing. */
  async draw(line: ShownLine): Promise<void> {
    const { columns, rows } = this.#size;
    if (this.#strip) {
      await this.#output.write(this.#strip.replace(line, columns));
      return;
    }
    const picture = { ...line, continuation: CONTINUATION, style: this.style };
    await this.#output.write(this.#canvas.replace(draw(picture, columns), rows));
  }

  /** Goes below the line, with a mark at its end, and writes a text there. */
  async leave(text = '', mark = ''): Promise<void> {
    await this.#output.write((this.#strip ?? this.#canvas).leave(mark) + text);
  }

  /** Writes a text on a row of its own, wherever other output has left the cursor. */
  async return(text = ''): Promise<void> {
    await this.#output.write(freshLine(this.#output, this.#size.columns) + text);
  }

  async clear(): Promise<void> {
    (this.#strip ?? this.#canvas).forget();
    await this.#output.write(this.#strip ? '\r\n' : '\x1b[H\x1b[2J');
  }

  /** Called when the terminal has another width. */
  resize(): void {
    this.#canvas.resize(this.#size.columns);
  }

  /** The next drawing goes over the present row. */
  forget(): void {
    (this.#strip ?? this.#canvas).forget();
  }
}
