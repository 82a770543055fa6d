/** The lines of a script as they arrive, each split into words. */
import { isUtf8 } from 'node:buffer';
import { KvError } from '../errors.js';
import { FormatError } from '../formats/format.js';
import { InputHead } from '../formats/input-head.js';
import { lostQuotes } from '../line/lost-quotes.js';
import { LineSplitter } from '../line/words.js';
import { chunksUnlessAborted } from '../terminal/pump.js';
import type { Input } from '../terminal/terminal.js';

/** The longest line, with the lines that a quote joins to it, in bytes. */
const LINE_LIMIT_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

export interface ScriptLine {
  /** Its number, from 1; the first if a quote spans several lines. */
  readonly number: number;
  /** At least one word, or the line's error. */
  readonly words: readonly string[] | KvError;
}

/** Yields groups of complete lines as they arrive. Rejects as the input does. */
export async function* scriptLines(
  input: Input,
  signal: AbortSignal,
): AsyncGenerator<Iterable<ScriptLine>> {
  const splitter = new ScriptSplitter();
  const head = new InputHead();
  for await (const chunk of chunksUnlessAborted(input, signal)) {
    const { buffer, byteOffset, length } = chunk;
    const text = textOrRefusal(() => head.push(Buffer.from(buffer, byteOffset, length)));
    yield splitter.push(text);
  }
  yield splitter.push(textOrRefusal(() => head.end()));
  yield splitter.end();
}

/** Throws `rejected` for an input that is not text, with the program that converts it. */
function textOrRefusal(take: () => Buffer): Buffer {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const { filter } = error.more;
    throw new KvError('rejected', `cannot read the script: ${error.message}`, {
      ...(filter !== undefined && { hint: `try: … | ${filter} | kv exec` }),
    });
  }
}

class ScriptSplitter {
  /** Bytes since the last complete line. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** The number of the next line. */
  #number = 1;
  /** Joins the lines that a quote or a backslash spans, and remembers where they began. */
  #joining:
    | { readonly words: LineSplitter; readonly number: number; readonly lines: string[] }
    | undefined;
  #joinedUnits = 0;

  *push(bytes: Buffer): Generator<ScriptLine> {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      const line = this.#take(this.#withRest(bytes.subarray(from, end)));
      if (line) yield line;
      from = end + 1;
    }
    if (from < bytes.length) this.#hold(bytes.subarray(from));
    if (this.#restBytes + this.#joinedUnits > LINE_LIMIT_BYTES) {
      const state = `it is over the limit of ${LINE_LIMIT_BYTES} bytes`;
      throw new KvError('rejected', `cannot read line ${this.#number}: ${state}`);
    }
  }

  *end(): Generator<ScriptLine> {
    const line = this.#restBytes > 0 && this.#take(this.#withRest(Buffer.alloc(0)));
    if (line) yield line;
    if (this.#joining) {
      const fault = new KvError('usage', 'a quote is not closed, or a backslash ends the script');
      yield { number: this.#joining.number, words: fault };
    }
  }

  /** Keeps a copy: the pieces of a long line are joined once, when it ends. */
  #hold(bytes: Buffer): void {
    this.#rest.push(Buffer.from(bytes));
    this.#restBytes += bytes.length;
  }

  #withRest(bytes: Buffer): Buffer {
    if (this.#restBytes === 0) return bytes;
    const whole = Buffer.concat([...this.#rest, bytes]);
    this.#rest = [];
    this.#restBytes = 0;
    return whole;
  }

  /** The line that ends here; undefined if it continues, or is empty. */
  #take(bytes: Buffer): ScriptLine | undefined {
    const joining = this.#joining ?? { words: new LineSplitter(), number: this.#number, lines: [] };
    const { words, number, lines } = joining;
    this.#number++;
    const text = bytes.toString();
    // Bytes that are not UTF-8 have become U+FFFD, which is otherwise rare.
    if (text.includes('\ufffd') && !isUtf8(bytes)) return this.#fault(number, 'it is not UTF-8');
    const isQuoted = words.open !== undefined && words.open !== '\\';
    const line = isQuoted ? text : withoutReturn(text);
    words.push(this.#joining ? `\n${line}` : line);
    lines.push(line);
    this.#joinedUnits += line.length;
    if (words.losesQuotes) {
      this.#forget();
      return { number, words: lostQuotes(lines.join('\n'), words.tokens)! };
    }
    if (words.open !== undefined) {
      this.#joining = joining;
      return undefined;
    }
    this.#forget();
    const { tokens } = words;
    const operator = tokens.find(({ kind }) => kind === 'operator');
    if (operator) return this.#fault(number, `it has a "${operator.text}" outside of quotes`);
    return tokens.length > 0 ? { number, words: tokens.map((token) => token.text) } : undefined;
  }

  #forget(): void {
    this.#joining = undefined;
    this.#joinedUnits = 0;
  }

  #fault(number: number, state: string): ScriptLine {
    this.#forget();
    return { number, words: new KvError('usage', `cannot read the line: ${state}`) };
  }
}

/** Removes the return from a line with Windows line ends. */
function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
