/** The lines of a script as they come, each with the words that it is made of. */
import { isUtf8 } from 'node:buffer';
import { KvError } from '../errors.js';
import { lostQuotes } from '../line/unquoted-json.js';
import { type SplitLine, splitLine } from '../line/words.js';
import { chunksUnlessAborted } from '../terminal/pump.js';
import type { Input } from '../terminal/terminal.js';

/** The longest line, with those that a quote joins to it, in bytes. */
const LINE_LIMIT_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

export interface ScriptLine {
  /** Its number, from 1; of the first where a quote spans several. */
  readonly number: number;
  /** At least one. A fault of the line in the place of its words. */
  readonly words: readonly string[] | KvError;
}

/** The lines that have arrived whole, again and again, some at a time. Rejects as the input does. */
export async function* scriptLines(
  input: Input,
  signal: AbortSignal,
): AsyncGenerator<Iterable<ScriptLine>> {
  const splitter = new ScriptSplitter();
  for await (const chunk of chunksUnlessAborted(input, signal)) yield splitter.push(chunk);
  yield splitter.end();
}

class ScriptSplitter {
  /** Bytes since the last line that ended. */
  #rest = Buffer.alloc(0);
  #number = 1;
  /** The lines of a quote that is open, and what has to come for it to end. */
  #joined: string[] = [];
  #open: SplitLine['open'];
  #joinedUnits = 0;

  *push(chunk: Uint8Array): Generator<ScriptLine> {
    const searched = this.#rest.length;
    const bytes = Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (
      let end = bytes.indexOf(NEWLINE, searched);
      end !== -1;
      end = bytes.indexOf(NEWLINE, from)
    ) {
      const line = this.#take(bytes.subarray(from, end));
      if (line) yield line;
      from = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(from));
    if (this.#rest.length + this.#joinedUnits > LINE_LIMIT_BYTES) {
      const state = `it is over the limit of ${LINE_LIMIT_BYTES} bytes`;
      throw new KvError('rejected', `cannot read line ${this.#number}: ${state}`);
    }
  }

  *end(): Generator<ScriptLine> {
    const line = this.#rest.length > 0 && this.#take(this.#rest);
    if (line) yield line;
    if (this.#joined.length > 0) {
      const fault = new KvError('usage', 'a quote is not closed, or a backslash ends the script');
      yield { number: this.#number - this.#joined.length, words: fault };
    }
  }

  /** The line that ends here, or undefined where it goes on, or holds nothing. */
  #take(bytes: Buffer): ScriptLine | undefined {
    const number = this.#number++ - this.#joined.length;
    const text = bytes.toString();
    // What is not UTF-8 has become U+FFFD, which is rare enough to look twice.
    if (text.includes('\ufffd') && !isUtf8(bytes)) return this.#fault(number, 'it is not UTF-8');
    const isFirst = this.#joined.length === 0;
    this.#joined.push(isFirst ? withoutReturn(text) : text);
    this.#joinedUnits += text.length;
    // To look at all of it again for each line would take as long as the square of it.
    if (!isFirst && !mayClose(text, this.#open)) return undefined;
    const joined = this.#joined.join('\n');
    const { tokens, open } = splitLine(joined);
    const lost = lostQuotes(joined, tokens);
    this.#open = open;
    if (open !== undefined && !lost) return undefined;
    this.#forget();
    if (lost) return { number, words: lost };
    const operator = tokens.find(({ kind }) => kind === 'operator');
    if (operator) return this.#fault(number, `it has a "${operator.text}" outside of quotes`);
    return tokens.length > 0 ? { number, words: tokens.map((token) => token.text) } : undefined;
  }

  #forget(): void {
    this.#joined = [];
    this.#joinedUnits = 0;
    this.#open = undefined;
  }

  #fault(number: number, state: string): ScriptLine {
    this.#forget();
    return { number, words: new KvError('usage', `cannot read the line: ${state}`) };
  }
}

/** Whether a line may end what is open. */
function mayClose(line: string, open: SplitLine['open']): boolean {
  return open === undefined || open === '\\' || line.includes(open.at(-1)!);
}

/** Lines that end as on Windows. */
function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
