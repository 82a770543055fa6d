/** Writes many lines in few writes: the first lines at once, the rest in blocks. */
import type { Answering } from '../context.js';
import { escapeKey, visibleJson, visibleLine } from '../terminal/visible.js';

/** The first block is written after this many lines, so that a listing appears at once. */
const FIRST_LINES = 100;

/** Characters of a block. */
const BLOCK_CHARACTERS = 64 * 1024;

export class LineWriter {
  readonly #context: Answering;
  readonly #ending: string;
  #block = '';
  #lines = 0;

  /** Lines end with `ending`. */
  constructor(context: Answering, ending = '\n') {
    this.#context = context;
    this.#ending = ending;
  }

  /** Writes a line as it is. */
  async write(line: string): Promise<void> {
    this.#block += line + this.#ending;
    this.#lines++;
    if (this.#lines === FIRST_LINES || this.#block.length >= BLOCK_CHARACTERS) await this.end();
  }

  /** Writes a key: as JSON, harmless on a terminal, or in a pipe on one line whatever it holds. */
  async writeKey(key: string): Promise<void> {
    await this.write(this.#context.settings.json ? visibleJson({ key }) : this.keyText(key));
  }

  /** The key as it is shown: escaped for a terminal, or for a pipe. */
  keyText(key: string): string {
    if (this.#context.terminal.stdout.isTerminal) return visibleLine(key);
    return this.#ending === '\n' ? escapeKey(key) : key;
  }

  /** Writes the rest. */
  async end(): Promise<void> {
    const block = this.#block;
    this.#block = '';
    if (block !== '') await this.#context.terminal.stdout.write(block);
  }
}
