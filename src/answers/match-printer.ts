/**
 * Prints the matches of a search in values: lines with their keys, keys alone, or keys with counts.
 */
import { isUtf8 } from 'node:buffer';
import type { Answering, Match, Pattern } from '../context.js';
import { isText } from '../terminal/is-text.js';
import { visibleJson, visibleText } from '../terminal/visible.js';
import { LineWriter } from './line-writer.js';

/** Characters of a line that a terminal shows. A longer line is cut around the match. */
const SHOWN_CHARACTERS = 400;

/** Characters shown before a match in a line that is cut. */
const LEAD_CHARACTERS = 40;

/** Bytes at the beginning of a value that decide whether it is text. */
const HEAD_BYTES = 64 * 1024;

export class MatchPrinter {
  readonly #context: Answering;
  readonly #pattern: Pattern;
  readonly #shows: 'lines' | 'keys' | 'counts';
  readonly #lines: LineWriter;
  /** The key of the last match, its number of matches, and whether its value is binary. */
  #last: { readonly key: string; count: number; readonly isBinary: boolean } | undefined;

  constructor(context: Answering, pattern: Pattern, shows: 'lines' | 'keys' | 'counts') {
    this.#context = context;
    this.#pattern = pattern;
    this.#shows = shows;
    this.#lines = new LineWriter(context);
  }

  get hasFound(): boolean {
    return this.#last !== undefined;
  }

  /** Takes the next match, in order. */
  async take({ key, line, head }: Match): Promise<void> {
    if (this.#last?.key !== key) {
      await this.#endKey();
      const isBinary = this.#shows === 'lines' && !isShown(head);
      this.#last = { key, count: 0, isBinary };
      if (this.#shows === 'keys') await this.#lines.writeKey(key);
      else if (isBinary) await this.#writeBinary(key);
    }
    this.#last.count++;
    if (this.#shows === 'lines' && !this.#last.isBinary) await this.#writeLine(key, line);
  }

  async end(): Promise<void> {
    await this.#endKey();
    await this.#lines.end();
  }

  async #endKey(): Promise<void> {
    if (this.#shows !== 'counts' || this.#last === undefined) return;
    const { key, count } = this.#last;
    await this.#lines.write(
      this.#context.settings.json
        ? visibleJson({ key, lines: count })
        : `${this.#lines.keyText(key)}\t${count}`,
    );
  }

  async #writeBinary(key: string): Promise<void> {
    const { settings } = this.#context;
    const text = `${this.#lines.keyText(key)}\ta binary value that matches`;
    await this.#lines.write(settings.json ? visibleJson({ key, binary: true }) : text);
  }

  async #writeLine(key: string, line: Buffer): Promise<void> {
    const { settings, terminal } = this.#context;
    if (settings.json) await this.#lines.write(visibleJson({ key, line: line.toString() }));
    else if (terminal.stdout.isTerminal) {
      const { style } = terminal.stdout;
      await this.#lines.write(`${style.label(this.#lines.keyText(key))}\t${this.#marked(line)}`);
    } else if (isUtf8(line)) {
      await this.#lines.write(`${this.#lines.keyText(key)}\t${line}`);
    } else {
      await this.#lines.end();
      const start = Buffer.from(`${this.#lines.keyText(key)}\t`);
      await terminal.stdout.write(Buffer.concat([start, line, Buffer.from('\n')]));
    }
  }

  /** The line with its matches marked, escaped, and cut to `SHOWN_CHARACTERS`. */
  #marked(line: Buffer): string {
    const { style } = this.#context.terminal.stdout;
    const parts = this.#pattern.split(line.toString());
    const lead = parts[0] ?? '';
    const isCut = lead.length > SHOWN_CHARACTERS - LEAD_CHARACTERS;
    if (isCut) parts[0] = lead.slice(-LEAD_CHARACTERS);
    let room = SHOWN_CHARACTERS;
    let text = isCut ? style.detail('…') : '';
    for (const [at, part] of parts.entries()) {
      const shown = visibleText(part.slice(0, room));
      text += at % 2 === 1 ? style.match(shown) : shown;
      room -= part.length;
      if (room < 0) return text + style.detail('…');
    }
    return text;
  }
}

function isShown(head: Buffer): boolean {
  return isText(head.subarray(0, HEAD_BYTES), { begun: false, goesOn: head.length > HEAD_BYTES });
}
