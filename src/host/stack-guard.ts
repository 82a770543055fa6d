/**
 * Checks that enough stack is left before a guest's call is answered. A guest may call with hardly
 * any left, and an answer that breaks off halfway would leave a transaction that can be neither
 * committed nor undone, or a snapshot that is never released.
 */

/** Bytes of stack that an answer may need: many times the most that was seen. */
const NEEDED_BYTES = 64 * 1024;

/** Bytes of an argument, or of a variable, on the stack. */
const WORD_BYTES = 8;

/**
 * Checks by arguments take 2 µs each; after this many it is worth 2 ms to compile the check that
 * takes some ns.
 */
const FEW_CALLS = 1000;

export class StackGuard {
  readonly #words = new Array<number>(NEEDED_BYTES / WORD_BYTES).fill(0);
  #calls = 0;
  #byFrame: (() => void) | undefined;

  /** Throws the RangeError of a full stack if less is left. */
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

/** The text of a function too long for V8 to inline. */
const LONG = 'given++;'.repeat(120);

/**
 * A function that does nothing, with a stack frame of that size. V8 checks that there is room for
 * the frame, even in optimized code, which uses none of it: V8 may have to return to its
 * interpreter, which has a slot for each variable. An inlined function would not be checked.
 */
function functionWithFrame(bytes: number): () => void {
  const variables = Array.from({ length: BLOCK_VARIABLES }, (_, at) => `v${at} = 0`);
  const blocks = `{ let ${variables.join()} }`.repeat(bytes / WORD_BYTES / BLOCK_VARIABLES);
  return new Function('given', `if (given) { ${LONG} } return; ${blocks}`) as () => void;
}
