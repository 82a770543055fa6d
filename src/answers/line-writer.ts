/** Writes many lines with few writes: the first ones at once, the rest a block at a time. */
import type { Answering } from '../context.js';
import { escapeKey, visibleJson, visibleLine } from '../terminal/visible.js';

/** Lines after which the first block is written, so that a listing begins to show at once. */
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

  /** A key as this writer's reader should see it. */
  keyText(key: string): string {
    if (this.#context.terminal.stdout.isTerminal) return visibleLine(key);
    return this.#ending === '\n' ? escapeKey(key) : key;
  }

  /** Writes what is held back. */
  async end(): Promise<void> {
    const block = this.#block;
    this.#block = '';
    if (block !== '') await this.#context.terminal.stdout.write(block);
  }
}
