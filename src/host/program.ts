/** A transpiled component as something that can be called. */
import vm from 'node:vm';
import type { Transpiled } from './transpile.js';

/** What a component imports, by names without versions. */
export type Imports = Readonly<Record<string, object>>;

/** What it exports: interfaces and functions by name. */
export type Exports = Readonly<Record<string, object>>;

export interface Program {
  /** Starts an instance with its own memory. Throws what its start function traps with. */
  instantiate(imports: Imports): Exports;
}

/** In the form of V8, which another version of it, or the same with other flags, does not take. */
export type CodeCache = Buffer;

interface Module {
  readonly exports?: never;
}

/** What Node's declarations leave out of the global names. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: { readonly Module: new (bytes: Uint8Array) => Module };
};

type Instantiate = (moduleOf: (name: string) => Module, imports: Imports) => Exports;

/**
 * Names that the generated code is given in the place of the global ones. It has no event loop to
 * wait for, so its timers never come to anything, and would only gather; to look for a variable of
 * the environment at each call costs more than the call; its decoder would take a byte order mark
 * from the beginning of a key; and what it has to say, its errors say.
 */
const surroundings: Readonly<Record<string, unknown>> = {
  globalThis: { WebAssembly },
  process: undefined,
  require: undefined,
  setTimeout: () => 0,
  TextDecoder: strictDecoder,
  console: { debug() {}, log() {}, warn() {}, error() {} },
};

/** Text exactly as it is: what is not UTF-8 is a trap, by the canonical ABI. */
function strictDecoder(encoding = 'utf-8') {
  return new TextDecoder(encoding, { ignoreBOM: true, fatal: true });
}

/** Compiles the parts. `codeCache` spares the time where it is of this V8. */
export function load({ source, modules }: Transpiled, codeCache?: CodeCache): Program {
  const script = compileScript(source, codeCache);
  const instantiate: Instantiate = script.runInThisContext()(...Object.values(surroundings));
  const compiled = new Map<string, Module>();
  return {
    instantiate(imports) {
      return instantiate((name) => {
        const module = compiled.get(name) ?? new WebAssembly.Module(modules.get(name)!);
        compiled.set(name, module);
        return module;
      }, imports);
    },
  };
}

/** What V8 keeps of a script's compilation. */
export function codeCacheOf({ source }: Transpiled): CodeCache {
  return compileScript(source).createCachedData();
}

function compileScript(source: string, cachedData?: CodeCache): vm.Script {
  return new vm.Script(`(function (${Object.keys(surroundings)}) {${source}})`, {
    filename: 'component.js',
    ...(cachedData && { cachedData }),
  });
}
