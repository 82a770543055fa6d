/**
 * Looking at how much stack is left before a guest's call writes: a guest may call from where hardly any is, and
 * a write that is broken off in its midst leaves a transaction that can be neither ended nor undone.
 */

/** Words of the stack that a write may need, of 8 bytes: 64 KiB, some times what it was seen to need. */
const words = new Array<number>(8192).fill(0);

/** Throws the RangeError of a full stack where less is left. It takes 2 µs. */
export function requireStack(): void {
  // All of them are put on the stack.
  nothing.apply(undefined, words as []);
}

function nothing(): void {}
