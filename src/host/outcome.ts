/** How a guest's run ended. */
import { isRuntimeError, reasonOf } from '../component/web-assembly.js';
import { KvError, Trap } from '../errors.js';
import { Exit } from './wasi-cli.js';

/**
 * The exit status that a guest gave to `exit`, where that ended its run. Throws `trapped` with the
 * name of the trap, where it was one; `action` is what was tried. Whatever else was thrown is thrown
 * on: it is no doing of the guest's.
 */
export function statusOf(thrown: unknown, action: string): number {
  if (thrown instanceof Exit) return thrown.status;
  const trap = trapOf(thrown);
  if (trap === undefined) throw thrown;
  throw new KvError('trapped', `cannot ${action}: it trapped: ${trap}`, { cause: thrown });
}

/** V8's names for traps, and WebAssembly's own. */
const traps: readonly (readonly [RegExp, string])[] = [
  [/^unreachable$/, '`unreachable` instruction executed'],
  [/^memory access out of bounds$/, 'out of bounds memory access'],
  [/^(divide|remainder) by zero$/, 'integer divide by zero'],
  [/^divide result unrepresentable$/, 'integer overflow'],
  [/^float unrepresentable in integer range$/, 'invalid conversion to integer'],
  [/^table index is out of bounds$/, 'undefined element: out of bounds table access'],
  [/^(null function or )?function signature mismatch$/, 'indirect call type mismatch'],
];

function trapOf(thrown: unknown): string | undefined {
  if (thrown instanceof Trap) return thrown.message;
  if (isRuntimeError(thrown)) {
    const line = reasonOf(thrown);
    return traps.find(([words]) => words.test(line))?.[1] ?? line;
  }
  if (thrown instanceof RangeError) {
    if (thrown.message.includes('call stack')) return 'call stack exhausted';
    if (/memory|allocation/i.test(thrown.message)) return 'it needs more memory than it may have';
  }
  // An exception of WebAssembly, which is no error of JavaScript.
  if (!(thrown instanceof Error)) return 'an exception that it did not catch';
  return undefined;
}
