/** Edits lines at the prompt, one after the other. */
import type { Keyboard } from '../terminal/keyboard.js';
import type { Output } from '../terminal/terminal.js';
import { CutRing } from './cut-ring.js';
import type { Prompt } from './drawing.js';
import { type Assistance, Editing, type Typed } from './editing.js';
import { freshLine } from './fresh-line.js';
import type { History } from './history.js';

export class LineEditor {
  readonly #keyboard: Keyboard;
  readonly #output: Output;
  readonly #history: History;
  readonly #assistance: Assistance;
  /** Text cut from one line may be pasted into another. */
  readonly #cuts = new CutRing();
  #hasRead = false;

  /** The first prompt is on the screen already, and is drawn over. */
  constructor(keyboard: Keyboard, output: Output, history: History, assistance: Assistance) {
    this.#keyboard = keyboard;
    this.#output = output;
    this.#history = history;
    this.#assistance = assistance;
  }

  /**
   * Lets a person type a line. Rejects with the signal's reason. The keyboard stays taken, so that
   * no key pressed before the next line is lost: whoever runs something in between releases it.
   */
  async read(prompt: Prompt, signal: AbortSignal): Promise<Typed> {
    const editing = new Editing(
      this.#keyboard,
      this.#output,
      this.#history,
      this.#assistance,
      prompt,
      this.#cuts,
    );
    this.#keyboard.take();
    // The first has been drawn already.
    if (this.#hasRead) await this.#output.write(freshLine(this.#output, this.#keyboard.columns));
    this.#hasRead = true;
    return editing.run(signal);
  }
}
