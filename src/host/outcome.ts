/** How a guest's run ended. */
import { isRuntimeError, reasonOf } from '../component/web-assembly.js';
import { KvError, Trap } from '../errors.js';
import { Exit } from './wasi-cli.js';

/**
 * The exit status that a guest passed to `exit`, if that ended its run. Throws `trapped` with the
 * trap's name, if it was a trap; `action` is what was tried. Any other error is rethrown, since the
 * guest did not cause it.
 */
export function statusOf(thrown: unknown, action: string): number {
  if (thrown instanceof Exit) return thrown.status;
  throw asTrapped(thrown, action);
}

/** The error `trapped`, if it was a trap; else what was thrown. */
export function asTrapped(thrown: unknown, action: string): unknown {
  const trap = trapOf(thrown);
  if (trap === undefined) return thrown;
  return new KvError('trapped', `cannot ${action}: it trapped: ${trap}`, { cause: thrown });
}

/** V8's messages for traps, and WebAssembly's names for them. */
const traps: readonly (readonly [RegExp, string])[] = [
  [/^unreachable$/, '`unreachable` instruction executed'],
  [/^memory access out of bounds$/, 'out of bounds memory access'],
  [/^(divide|remainder) by zero$/, 'integer divide by zero'],
  [/^divide result unrepresentable$/, 'integer overflow'],
  [/^float unrepresentable in integer range$/, 'invalid conversion to integer'],
  [/^table index is out of bounds$/, 'undefined element: out of bounds table access'],
  [/^(null function or )?function signature mismatch$/, 'indirect call type mismatch'],
  [/^Atomics\.wait cannot be called in this context$/, 'expected shared memory'],
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
  // An exception of WebAssembly, which is not a JavaScript Error.
  if (!(thrown instanceof Error)) return 'an exception that it did not catch';
  return undefined;
}
