/**
 * Regular expressions of JavaScript, which are matched by trying: one match may take years, and no
 * signal is heard meanwhile.
 */
import { KvError } from '../errors.js';

/**
 * Does work that may take for ever, and touches nothing else: it may be ended in its midst and done
 * anew. Throws `interrupted` where a signal ended it.
 */
export type Unbounded = <T>(work: () => T) => T;

/** Steps of matching that take a second at most. */
const BRIEF_STEPS = 1e8;

export class Expression {
  readonly #regex: RegExp;
  readonly #unbounded: Unbounded;
  /** In how many places a match may go on in more than one way; infinite if one repeats others. */
  readonly #choices: number;

  /** `named` begins the message. Throws `usage` for an invalid regular expression. */
  constructor(source: string, flags: string, named: string, unbounded: Unbounded) {
    this.#regex = expressionOf(source, flags, named);
    this.#unbounded = unbounded;
    const isNested = /\)[*+{]/.test(source);
    this.#choices = isNested ? Number.POSITIVE_INFINITY : (source.match(/[*+?{|]/g) ?? []).length;
  }

  /** The texts in which it is found, by their positions. */
  findIn(texts: readonly string[]): number[] {
    return this.#bounded(texts, () => {
      const found: number[] = [];
      for (let position = 0; position < texts.length; position++) {
        this.#regex.lastIndex = 0;
        if (this.#regex.test(texts[position]!)) found.push(position);
      }
      return found;
    });
  }

  /** The text in parts: text between matches and matches, alternating. Has to be global. */
  split(text: string): string[] {
    return this.#bounded([text], () => {
      const parts: string[] = [];
      let from = 0;
      this.#regex.lastIndex = 0;
      for (const { index, 0: match } of text.matchAll(this.#regex)) {
        if (match === '') continue;
        parts.push(text.slice(from, index), match);
        from = index + match.length;
      }
      return [...parts, text.slice(from)];
    });
  }

  /** From each place in a text, each choice may be made at each later place. */
  #bounded<T>(texts: readonly string[], work: () => T): T {
    let longest = 0;
    for (const { length } of texts) longest = Math.max(longest, length);
    const steps = texts.length * (longest + 1) ** (this.#choices + 1);
    return steps > BRIEF_STEPS ? this.#unbounded(work) : work();
  }
}

function expressionOf(source: string, flags: string, named: string): RegExp {
  try {
    const expression = new RegExp(source, flags);
    // V8 compiles it when it is used, for each of its two kinds of strings, and may find it too large then.
    for (const text of ['a', '\u0101']) text.search(expression);
    return expression;
  } catch (cause) {
    const fault = (cause as Error).message.replace(/^.*: /s, '');
    throw new KvError('usage', `${named} is no regular expression: ${fault}`, { cause });
  }
}
