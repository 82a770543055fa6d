/**
 * Looking at how much stack is left before a guest's call is answered. A guest may call from where hardly any is, and
 * what is broken off in its midst leaves things undone: a transaction that can be neither ended nor undone, or a
 * state of the store that stays held.
 */

/** Bytes of the stack that an answer may need: many times what one was seen to need. */
const NEEDED_BYTES = 64 * 1024;

/** Bytes of an argument, or of a variable, on the stack. */
const WORD_BYTES = 8;

/** Calls, each of 2 µs by arguments, after which it is worth 2 ms to compile what takes some ns. */
const FEW_CALLS = 1000;

export class StackGuard {
  readonly #words = new Array<number>(NEEDED_BYTES / WORD_BYTES).fill(0);
  #calls = 0;
  #byFrame: (() => void) | undefined;

  /** Throws the RangeError of a full stack where less is left. */
  check(): void {
    if (this.#byFrame !== undefined) {
      this.#byFrame();
      return;
    }
    // All of them are put on the stack.
    nothing.apply(undefined, this.#words as []);
    this.#calls++;
    if (this.#calls === FEW_CALLS) this.#byFrame = functionWithFrame(NEEDED_BYTES);
  }
}

function nothing(): void {}

/** Variables of a block. */
const BLOCK_VARIABLES = 128;

/** A text of code that makes a function too long for V8 to make it a part of its caller. */
const LONG = 'given++;'.repeat(120);

/**
 * A function that does nothing, with a frame of so many bytes. V8 looks whether there is room for it, also once the
 * function is optimized, though nothing is put there then: it could have to go back to its interpreter, which has
 * a place for each variable. As a part of its caller it would not be looked at.
 */
function functionWithFrame(bytes: number): () => void {
  const variables = Array.from({ length: BLOCK_VARIABLES }, (_, at) => `v${at} = 0`);
  const blocks = `{ let ${variables.join()} }`.repeat(bytes / WORD_BYTES / BLOCK_VARIABLES);
  return new Function('given', `if (given) { ${LONG} } return; ${blocks}`) as () => void;
}
