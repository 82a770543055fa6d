/** Compiles a module with V8, and names unsupported features by WebAssembly's proposals. */
import { Invalid } from './invalid.js';
import { Unsupported } from './unsupported.js';
import { reasonOf, WebAssembly } from './web-assembly.js';

/** Throws `Invalid`, and `Unsupported` for what this version of Node does not run. */
export function compile(bytes: Uint8Array): object {
  try {
    return new WebAssembly.Module(bytes);
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.CompileError)) throw thrown;
    const reason = reasonOf(thrown);
    const [, name] = proposals.find(([words]) => words.test(reason)) ?? [];
    if (name === undefined) throw new Invalid(reason);
    throw new Unsupported(`${name}, which Node ${process.versions.node} does not run`);
  }
}

/** V8 names the flag that enables a feature, or only the byte that it rejects. */
const proposals: readonly (readonly [RegExp, string])[] = [
  [/--experimental-wasm-gc|'noexternref'/, 'references of the garbage collector or to exceptions'],
  [/--experimental-wasm-typed-funcref/, 'references with a type'],
  [/--experimental-(wasm-)?relaxed-simd/, 'relaxed vectors'],
  [/--experimental-wasm-|[Ii]nvalid (numeric )?opcode/, 'instructions of a later WebAssembly'],
  [/^memory count of \d+ exceeds/, 'several memories in a module'],
];
